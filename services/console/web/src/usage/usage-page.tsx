import type { ReactNode } from "react";
import { type LoaderFunctionArgs, useLoaderData } from "react-router";
import { api, read } from "../api/client.ts";
import type { Usage } from "../api/openapi.d.ts";
import { formatCost, formatCount } from "../executions/format.ts";
import { Empty } from "../ui/empty.tsx";
import { Page } from "../ui/page.tsx";
import { Chart } from "./chart.tsx";
import { sumByModel, type UsageDay } from "./sums.ts";

interface Loaded {
  readonly month: Usage;
  readonly days: readonly UsageDay[];
}

export async function loader({ request: { signal } }: LoaderFunctionArgs): Promise<Loaded> {
  const [month, daily] = await Promise.all([
    read(api.GET("/usage", { signal })),
    read(api.GET("/usage/daily", { params: { query: {} }, signal })),
  ]);
  return { month, days: daily.days };
}

export function Component(): ReactNode {
  const { month, days } = useLoaderData<typeof loader>();
  return (
    <Page title="Usage">
      <dl className="tiles">
        <div className="card tile">
          <dt>Tokens this month</dt>
          <dd>{formatCount(month.tokens)}</dd>
          <dd className="muted small">{limitOf(month.limits.tokens.hard, formatCount)}</dd>
        </div>
        <div className="card tile">
          <dt>Cost this month</dt>
          <dd>{formatCost(month.microUsd)}</dd>
          <dd className="muted small">{limitOf(month.limits.microUsd.hard, formatCost)}</dd>
        </div>
      </dl>
      {days.length === 0 ? (
        <Empty title="Nothing was counted in the last 30 days">
          <p>Executions are counted some seconds after they end.</p>
        </Empty>
      ) : (
        <>
          <section className="card stack" aria-labelledby="tokens">
            <h2 id="tokens">Tokens per day, last 30 days</h2>
            <Chart days={days} valueOf={(day) => day.promptTokens + day.completionTokens} format={formatCount} />
          </section>
          <ModelTable days={days} />
        </>
      )}
    </Page>
  );
}

const limitOf = (hard: number | null, format: (value: number) => string): string =>
  hard === null ? "No limit" : `Limit ${format(hard)}`;

const ModelTable = ({ days }: Pick<Loaded, "days">): ReactNode => (
  <section className="stack" aria-labelledby="models">
    <h2 id="models">By model, last 30 days</h2>
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col" className="number">
            Calls
          </th>
          <th scope="col" className="number wide-only">
            Failed
          </th>
          <th scope="col" className="number">
            Tokens
          </th>
          <th scope="col" className="number">
            Cost
          </th>
        </tr>
      </thead>
      <tbody>
        {sumByModel(days).map(({ model, calls, failed, tokens, microUsd }) => (
          <tr key={model}>
            <th scope="row" className="break">
              {model}
            </th>
            <td className="number">{formatCount(calls)}</td>
            <td className="number wide-only">{formatCount(failed)}</td>
            <td className="number">{formatCount(tokens)}</td>
            <td className="number">{formatCost(microUsd)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
