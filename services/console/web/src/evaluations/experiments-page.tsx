import type { ReactNode } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";
import { api, read } from "../api/client.ts";
import type { Dataset, Experiment } from "../api/openapi.d.ts";
import { PAGE_SIZE, pageQuery } from "../api/page-query.ts";
import { Permitted } from "../session/permitted.tsx";
import { Empty } from "../ui/empty.tsx";
import { Page } from "../ui/page.tsx";
import { Pager } from "../ui/pager.tsx";
import { Time } from "../ui/time.tsx";
import { nameOf } from "./names.ts";

interface Loaded {
  readonly experiments: readonly Experiment[];
  readonly datasets: readonly Dataset[];
}

export async function loader({ request: { url, signal } }: LoaderFunctionArgs): Promise<Loaded> {
  const [{ experiments }, { datasets }] = await Promise.all([
    read(api.GET("/experiments", { params: { query: pageQuery(url) }, signal })),
    read(api.GET("/datasets", { signal })),
  ]);
  return { experiments, datasets };
}

export function Component(): ReactNode {
  const { experiments, datasets } = useLoaderData<typeof loader>();
  return (
    <Page
      title="Evaluations"
      changes={["evaluations:write"]}
      actions={
        <>
          <Link className="button button-plain" to="/datasets">
            Datasets
          </Link>
          <Permitted scope="evaluations:write">
            <Link className="button button-primary" to="/evaluations/new">
              New experiment
            </Link>
          </Permitted>
        </>
      }
    >
      {experiments.length === 0 ? (
        <Empty title="No experiments yet">
          <p>An experiment runs versions of a prompt on a dataset, and scores their outputs with evaluators.</p>
        </Empty>
      ) : (
        <ExperimentTable experiments={experiments} datasets={datasets} />
      )}
      <Pager last={experiments.length === PAGE_SIZE ? experiments.at(-1)?.id : undefined} />
    </Page>
  );
}

const ExperimentTable = ({ experiments, datasets }: Loaded): ReactNode => (
  <table className="table">
    <thead>
      <tr>
        <th scope="col">Experiment</th>
        <th scope="col">State</th>
        <th scope="col" className="wide-only">
          Dataset
        </th>
        <th scope="col" className="wide-only number">
          Results
        </th>
        <th scope="col">Created</th>
      </tr>
    </thead>
    <tbody>
      {experiments.map(({ id, name, state, datasetId, results, endedResults, createdAt }) => (
        <tr key={id}>
          <th scope="row">
            <Link to={`/evaluations/${id}`} className="row-link">
              {name}
            </Link>
          </th>
          <td>
            <span className={`badge state state-${state}`}>{state}</span>
          </td>
          <td className="wide-only">{nameOf(datasetId, datasets)}</td>
          <td className="wide-only number">
            {endedResults} of {results}
          </td>
          <td className="muted">
            <Time at={createdAt} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
