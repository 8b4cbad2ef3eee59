import type { ReactNode } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData, useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { Execution } from "../api/openapi.d.ts";
import { PAGE_SIZE, pageQuery } from "../api/page-query.ts";
import { Button } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Page } from "../ui/page.tsx";
import { Pager } from "../ui/pager.tsx";
import { Time } from "../ui/time.tsx";
import { durationOf, formatCost } from "./format.ts";
import { StateBadge } from "./state-badge.tsx";

/** Prompts, and workflows, whose names are shown; executions of older ones show their ids. */
const NAMED = 100;

interface Loaded {
  readonly executions: readonly Execution[];
  /** Of prompts and workflows, by id. */
  readonly names: ReadonlyMap<string, string>;
}

export async function loader({ request: { url, signal } }: LoaderFunctionArgs): Promise<Loaded> {
  const named = { params: { query: { limit: NAMED } }, signal };
  const [{ executions }, { prompts }, { workflows }] = await Promise.all([
    read(api.GET("/executions", { params: { query: pageQuery(url) }, signal })),
    read(api.GET("/prompts", named)),
    read(api.GET("/workflows", named)),
  ]);
  return { executions, names: new Map([...prompts, ...workflows].map(({ id, name }) => [id, name])) };
}

export function Component(): ReactNode {
  const { executions, names } = useLoaderData<typeof loader>();
  const { revalidate, state } = useRevalidator();
  return (
    <Page
      title="Executions"
      actions={
        <Button isPending={state === "loading"} onPress={() => void revalidate()}>
          Refresh
        </Button>
      }
    >
      {executions.length === 0 ? <NoExecutions /> : <ExecutionTable executions={executions} names={names} />}
      <Pager last={executions.length === PAGE_SIZE ? executions.at(-1)?.id : undefined} />
    </Page>
  );
}

const NoExecutions = (): ReactNode => (
  <Empty title="Nothing was executed yet">
    <p>Run a prompt, or call the API with a key.</p>
    <Link className="button button-primary" to="/prompts">
      Choose a prompt
    </Link>
  </Empty>
);

const ExecutionTable = ({ executions, names }: Loaded): ReactNode => (
  <table className="table">
    <thead>
      <tr>
        <th scope="col">Execution</th>
        <th scope="col">State</th>
        <th scope="col" className="wide-only">
          Model
        </th>
        <th scope="col" className="wide-only number">
          Cost
        </th>
        <th scope="col" className="wide-only number">
          Duration
        </th>
        <th scope="col">Created</th>
      </tr>
    </thead>
    <tbody>
      {executions.map((execution) => (
        <tr key={execution.id}>
          <th scope="row">
            <Link to={`/executions/${execution.id}`} className="row-link">
              {titleOf(execution, names)}
            </Link>
          </th>
          <td>
            <StateBadge state={execution.state} />
          </td>
          <td className="wide-only">{execution.model ?? "–"}</td>
          <td className="wide-only number">{execution.cost ? formatCost(execution.cost.microUsd) : "–"}</td>
          <td className="wide-only number">{durationOf(execution) ?? "–"}</td>
          <td className="muted">
            <Time at={execution.createdAt} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** What was executed, in words. */
function titleOf(execution: Execution, names: Loaded["names"]): string {
  const { id, kind } = execution;
  const executed = execution.promptId ?? execution.workflowId;
  if (executed === null) return `${kind} ${id.slice(0, 8)}`;
  const version = execution.promptVersion ?? execution.workflowVersion;
  return `${names.get(executed) ?? `${kind} ${executed.slice(0, 8)}`}, version ${version ?? 0}`;
}
