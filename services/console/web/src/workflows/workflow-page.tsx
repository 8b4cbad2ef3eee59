import type { ReactNode } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";
import type { Graph } from "../api/openapi.d.ts";
import { Permitted } from "../session/permitted.tsx";
import { Choice } from "../ui/choice.tsx";
import { Page } from "../ui/page.tsx";
import { Time } from "../ui/time.tsx";
import { predecessorsOf } from "./edges.ts";
import { GraphView, rowOf } from "./graph-view.tsx";
import { type DrawnWorkflow, drawVersion, loadWorkflow } from "./load.ts";

export const loader = async ({ params: { id = "" }, request }: LoaderFunctionArgs): Promise<DrawnWorkflow> =>
  drawVersion(await loadWorkflow(id, request));

/** A version of a workflow: drawn, and as a table. */
export function Component(): ReactNode {
  const { workflow, version, drawing } = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  const numbers = Array.from({ length: workflow.latestVersion }, (_, index) => String(workflow.latestVersion - index));
  return (
    <Page
      title={workflow.name}
      trail={<Link to="/workflows">Workflows</Link>}
      changes={["executions:write"]}
      actions={
        <Permitted scope="executions:write">
          <Link className="button button-primary" to={`/workflows/${workflow.id}/run?version=${version.version}`}>
            Run
          </Link>
        </Permitted>
      }
    >
      <div className="row">
        <Choice
          label="Version"
          hidesLabel
          value={String(version.version)}
          options={numbers.map((value) => ({ value, label: `Version ${value}` }))}
          onChange={(value) => void navigate(`?version=${value}`)}
        />
        <span className="muted">
          Created <Time at={version.createdAt} />
        </span>
      </div>
      <GraphView drawing={drawing} />
      <NodeTable graph={version.graph} />
      {version.graph.output !== undefined && (
        <p>
          Output: <code className="break">{version.graph.output}</code>
        </p>
      )}
    </Page>
  );
}

const NodeTable = ({ graph }: { readonly graph: Graph }): ReactNode => (
  <table className="table stacks">
    <thead>
      <tr>
        <th scope="col">Node</th>
        <th scope="col">Type</th>
        <th scope="col" className="wide-only">
          After
        </th>
        <th scope="col">Does</th>
      </tr>
    </thead>
    <tbody>
      {graph.nodes.map((node) => (
        <tr key={node.name} id={rowOf(node.name)} tabIndex={-1}>
          <th scope="row">{node.name}</th>
          <td>{node.type}</td>
          <td className="wide-only break">{predecessorsOf(graph, node.name).join(", ") || "–"}</td>
          <td className="break">{describe(node)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** What a node does, in words. */
function describe(node: Graph["nodes"][number]): ReactNode {
  if (node.type === "approval") return "Waits until a person approves or rejects";
  if (node.type === "wait") return `Waits for ${node.seconds} s`;
  if (node.type === "condition") return <code>{node.if}</code>;
  const version = node.label ?? (node.version === undefined ? "" : `version ${node.version}`);
  return (
    <>
      {node.prompt}, {version}
      {node.type === "map" && (
        <>
          , for each of <code>{node.over}</code>
        </>
      )}
    </>
  );
}
