import type { ReactNode } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";
import { api, read } from "../api/client.ts";
import type { Workflow } from "../api/openapi.d.ts";
import { PAGE_SIZE, pageQuery } from "../api/page-query.ts";
import { Empty } from "../ui/empty.tsx";
import { Page } from "../ui/page.tsx";
import { Pager } from "../ui/pager.tsx";
import { Time } from "../ui/time.tsx";

export const loader = ({ request: { url, signal } }: LoaderFunctionArgs): Promise<{ workflows: Workflow[] }> =>
  read(api.GET("/workflows", { params: { query: pageQuery(url) }, signal }));

export function Component(): ReactNode {
  const { workflows } = useLoaderData<typeof loader>();
  return (
    <Page title="Workflows">
      {workflows.length === 0 ? (
        <Empty title="No workflows yet">
          <p>
            A workflow is a graph of prompts, conditions, approvals and waits. Create one with{" "}
            <code>POST /workflows</code>.
          </p>
        </Empty>
      ) : (
        <WorkflowTable workflows={workflows} />
      )}
      <Pager last={workflows.length === PAGE_SIZE ? workflows.at(-1)?.id : undefined} />
    </Page>
  );
}

const WorkflowTable = ({ workflows }: { readonly workflows: readonly Workflow[] }): ReactNode => (
  <table className="table">
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Version</th>
        <th scope="col" className="wide-only">
          Created
        </th>
      </tr>
    </thead>
    <tbody>
      {workflows.map(({ id, name, latestVersion, createdAt }) => (
        <tr key={id}>
          <th scope="row">
            <Link to={`/workflows/${id}`} className="row-link">
              {name}
            </Link>
          </th>
          <td className="number">{latestVersion}</td>
          <td className="wide-only muted">
            <Time at={createdAt} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
