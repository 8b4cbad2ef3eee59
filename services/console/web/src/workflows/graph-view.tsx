import type { ReactNode } from "react";
import type { NodeExecution } from "../api/openapi.d.ts";
import type { Drawing, Line, Place } from "./lay-out.ts";
import { NODE_HEIGHT } from "./node-height.ts";

interface Props {
  readonly drawing: Drawing;
  /** Of an execution, by node. @default - the graph is not executed */
  readonly states?: ReadonlyMap<string, NodeExecution["state"]> | undefined;
}

/** The id of a node's row in the table below the graph. */
export const rowOf = (name: string): string => `node-${name}`;

/** A graph. Each node is a link to its row in the table, which says the same in words. */
export const GraphView = ({ drawing: { width, height, nodes, lines }, states }: Props): ReactNode => (
  <div className="card graph">
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="group" aria-label="Graph of the nodes">
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0 L8 4 L0 8 z" className="graph-arrow" />
        </marker>
      </defs>
      {lines.map((line) => (
        <EdgeLine key={`${line.from} ${line.to}`} line={line} />
      ))}
      {nodes.map((node) => (
        <NodeBox key={node.name} node={node} state={states?.get(node.name)} />
      ))}
    </svg>
  </div>
);

function EdgeLine({ line: { points, branch } }: { readonly line: Line }): ReactNode {
  const middle = points[Math.floor(points.length / 2)];
  return (
    <g aria-hidden="true">
      <path
        className="graph-line"
        d={points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join(" ")}
        markerEnd="url(#arrow)"
      />
      {branch !== undefined && middle && (
        <text className="graph-branch" x={middle.x} y={middle.y}>
          {branch}
        </text>
      )}
    </g>
  );
}

const NodeBox = ({
  node: { name, type, x, y, width },
  state,
}: {
  readonly node: Place;
  readonly state: NodeExecution["state"] | undefined;
}): ReactNode => (
  <a href={`#${rowOf(name)}`} className="graph-node">
    <rect
      x={x - width / 2}
      y={y - NODE_HEIGHT / 2}
      width={width}
      height={NODE_HEIGHT}
      rx="8"
      className={state === undefined ? undefined : `graph-${state}`}
    />
    <text x={x} y={y - 4} className="graph-name">
      {name}
    </text>{" "}
    <text x={x} y={y + 14} className="graph-type">
      {state === undefined ? type : `${type}, ${state}`}
    </text>
  </a>
);
