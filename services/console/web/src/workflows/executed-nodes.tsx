import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Execution, ExecutionDetail, Graph, NodeExecution } from "../api/openapi.d.ts";
import { Permitted } from "../session/permitted.tsx";
import { Decide, Recover } from "./decide.tsx";
import { GraphView, rowOf } from "./graph-view.tsx";
import type { DrawnWorkflow } from "./load.ts";

/** Elements of a map, at most. */
const MAX_ITEMS = 100;

interface Props {
  readonly execution: ExecutionDetail;
  readonly drawn: DrawnWorkflow;
  /** Executions of the nodes' prompts. */
  readonly prompts: readonly Execution[];
}

/** The nodes of a workflow's execution: drawn, and as a table with what can be decided about them. */
export function ExecutedNodes({ execution, drawn, prompts }: Props): ReactNode {
  const nodes = execution.nodes ?? [];
  return (
    <section className="stack" aria-labelledby="nodes">
      <h2 id="nodes">Nodes</h2>
      <GraphView drawing={drawn.drawing} states={new Map(nodes.map(({ node, state }) => [node, state]))} />
      <table className="table stacks">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">State</th>
            <th scope="col" className="wide-only number">
              Attempt
            </th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <tr key={node.node} id={rowOf(node.node)} tabIndex={-1}>
              <th scope="row">{node.node}</th>
              <td>
                <span className={`badge state state-${node.state}`}>{node.state}</span>
              </td>
              <td className="wide-only number">{node.attempt}</td>
              <td className="break">
                <Result node={node} prompts={promptsOf(node.node, prompts)} />
                {execution.finishedAt === null && (
                  <Permitted scope="executions:write">
                    <Decision execution={execution.id} node={node} type={typeOf(drawn.version.graph, node.node)} />
                  </Permitted>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The executions of a node, by attempt and element of a map. */
const promptsOf = (node: string, prompts: readonly Execution[]): readonly Execution[] =>
  prompts.filter(({ parent }) => parent?.node === node).toSorted((one, other) => orderOf(one) - orderOf(other));

const orderOf = ({ parent }: Execution): number => (parent?.attempt ?? 0) * MAX_ITEMS + (parent?.item ?? 0);

type NodeType = Graph["nodes"][number]["type"];

const typeOf = ({ nodes }: Graph, name: string): NodeType | undefined => nodes.find((node) => node.name === name)?.type;

interface DecisionProps {
  readonly execution: string;
  readonly node: NodeExecution;
  readonly type: NodeType | undefined;
}

/** What a person can decide about a node, if it waits for a decision. */
function Decision({ execution, node: { node, state }, type }: DecisionProps): ReactNode {
  if (state === "paused") return <Recover execution={execution} node={node} />;
  return state === "waiting" && type === "approval" ? <Decide execution={execution} node={node} /> : null;
}

const Result = ({
  node: { error, comment },
  prompts,
}: {
  readonly node: NodeExecution;
  readonly prompts: readonly Execution[];
}): ReactNode => (
  <div className="stack-small">
    {error && (
      <span>
        {error.message} <code>{error.code}</code>
      </span>
    )}
    {comment !== null && <span className="text">{comment}</span>}
    {prompts.length > 0 && (
      <span className="row">
        {prompts.map(({ id, parent, state }) => (
          <Link key={id} to={`/executions/${id}`}>
            Execution {(parent?.item ?? 0) + 1}, {state}
          </Link>
        ))}
      </span>
    )}
  </div>
);
