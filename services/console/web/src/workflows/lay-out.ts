import { Graph as Layers, layout } from "@dagrejs/dagre";
import type { Graph } from "../api/openapi.d.ts";
import { type Edge, edgesOf } from "./edges.ts";
import { NODE_HEIGHT } from "./node-height.ts";

export interface Place {
  readonly name: string;
  readonly type: Graph["nodes"][number]["type"];
  /** The center of the node, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface Line extends Edge {
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Where the nodes and edges of a graph are drawn, in pixels. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly Place[];
  readonly lines: readonly Line[];
}

const MIN_WIDTH = 132;
/** Pixels of a character of a name, and of the space around the name. */
const CHARACTER = 7.6;
const PADDING = 44;
const MARGIN = 16;

const widthOf = (name: string): number => Math.max(MIN_WIDTH, Math.ceil(name.length * CHARACTER) + PADDING);

/** Places nodes in layers, each below the nodes that lead to it. */
export function layOut(graph: Graph): Drawing {
  const layers = new Layers();
  layers.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 52, marginx: MARGIN, marginy: MARGIN });
  for (const { name } of graph.nodes) layers.setNode(name, { width: widthOf(name), height: NODE_HEIGHT });
  const edges = edgesOf(graph);
  for (const { from, to } of edges) layers.setEdge(from, to, {});
  layout(layers);
  const { width = 0, height = 0 } = layers.graph() as { width?: number; height?: number };
  return {
    ...{ width, height },
    nodes: graph.nodes.map(({ name, type }) => {
      const { x, y } = layers.node(name) as { x: number; y: number };
      return { name, type, x, y, width: widthOf(name) };
    }),
    lines: edges.map((edge) => {
      const { points } = layers.edge(edge.from, edge.to) as Pick<Line, "points">;
      return { ...edge, points };
    }),
  };
}
