import { type ReactNode, useEffect } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData, useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { ItemResults } from "../api/openapi.d.ts";
import { formatCost } from "../executions/format.ts";
import { Permitted } from "../session/permitted.tsx";
import { ActionButton } from "../ui/action-button.tsx";
import { Fact } from "../ui/fact.tsx";
import { Page } from "../ui/page.tsx";
import { Time } from "../ui/time.tsx";
import { itemQuery, ItemPager } from "./item-pager.tsx";
import { nameOf, type Parts, readParts } from "./names.ts";
import { Outputs } from "./outputs.tsx";
import { type Experiment, readExperiment } from "./read-experiment.ts";
import { Scores } from "./scores.tsx";

/** Items of a page: each shows the outputs of all candidates. */
const ITEMS = 20;
/** Milliseconds after which a running experiment is read again. */
const POLL = 2_000;

interface Loaded extends Parts {
  readonly experiment: Experiment;
  readonly items: readonly ItemResults[];
}

export async function loader({ params: { id = "" }, request: { url, signal } }: LoaderFunctionArgs): Promise<Loaded> {
  const path = { id };
  const [experiment, { items }, parts] = await Promise.all([
    readExperiment(id, signal),
    read(api.GET("/experiments/{id}/items", { params: { path, query: itemQuery(url, ITEMS) }, signal })),
    readParts(signal),
  ]);
  return { ...parts, experiment, items };
}

/** An experiment: its figures by candidate, and the outputs side by side. */
export function Component(): ReactNode {
  const { experiment, items, ...parts } = useLoaderData<typeof loader>();
  const isRunning = experiment.state === "running";
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => void revalidate(), POLL);
    return () => {
      clearInterval(timer);
    };
  }, [isRunning, revalidate]);
  return (
    <Page
      title={experiment.name}
      trail={<Link to="/evaluations">Evaluations</Link>}
      changes={["evaluations:write"]}
      actions={
        isRunning && (
          <Permitted scope="evaluations:write">
            <Cancel id={experiment.id} />
          </Permitted>
        )
      }
    >
      <Facts experiment={experiment} parts={parts} />
      <Scores experiment={experiment} parts={parts} />
      <Outputs experiment={experiment} items={items} evaluators={parts.evaluators} />
      <ItemPager last={items.length === ITEMS ? items.at(-1)?.item : undefined} />
    </Page>
  );
}

const Facts = ({
  experiment,
  parts: { datasets },
}: Pick<Loaded, "experiment"> & { readonly parts: Parts }): ReactNode => (
  <dl className="card facts">
    <Fact name="State">
      <span role="status" className={`badge state state-${experiment.state}`}>
        {experiment.state}
      </span>
    </Fact>
    <Fact name="Reason">{experiment.error && `${experiment.error.message} (${experiment.error.code})`}</Fact>
    <Fact name="Dataset">
      <Link to={`/datasets/${experiment.datasetId}`}>{nameOf(experiment.datasetId, datasets)}</Link>
    </Fact>
    <Fact name="Results">
      {experiment.endedResults} of {experiment.results}
    </Fact>
    <Fact name="Cost of judges">
      {experiment.judges.executions > 0 &&
        experiment.judges.microUsd !== null &&
        formatCost(experiment.judges.microUsd)}
    </Fact>
    <Fact name="Created">
      <Time at={experiment.createdAt} />
    </Fact>
  </dl>
);

function Cancel({ id }: { readonly id: string }): ReactNode {
  const { revalidate } = useRevalidator();
  const cancel = async (): Promise<void> => {
    await read(api.POST("/experiments/{id}/cancel", { params: { path: { id } } }));
    await revalidate();
  };
  return (
    <ActionButton variant="danger" action={cancel}>
      Cancel
    </ActionButton>
  );
}
