import type { Graph } from "../api/openapi.d.ts";

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Of a condition: the branch that chooses the node. */
  readonly branch?: "then" | "else" | "then, else";
}

/** The edges of a graph: one between two nodes, whatever leads from one to the other. */
export function edgesOf({ nodes }: Graph): Edge[] {
  const edges = new Map<string, Edge>();
  const add = (edge: Edge): void => {
    const key = `${edge.from} ${edge.to}`;
    const isBoth = edge.branch !== undefined && edges.get(key)?.branch !== undefined;
    edges.set(key, isBoth ? { ...edge, branch: "then, else" } : { ...edges.get(key), ...edge });
  };
  for (const node of nodes) {
    for (const from of node.after) add({ from, to: node.name });
    if (node.type !== "condition") continue;
    for (const to of node.then) add({ from: node.name, to, branch: "then" });
    for (const to of node.else) add({ from: node.name, to, branch: "else" });
  }
  return [...edges.values()];
}

/** The nodes that lead to each node, in words, such as "short (then)". */
export function predecessorsOf(graph: Graph, name: string): string[] {
  return edgesOf(graph)
    .filter(({ to }) => to === name)
    .map(({ from, branch }) => (branch === undefined ? from : `${from} (${branch})`));
}
