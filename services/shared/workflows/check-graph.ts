import { ExpressionError, ExpressionsTooSlow, ProcessorTime } from "./expressions.ts";
import { type Edges, edgesOf, type Graph, isPromptNode, type Node, predecessorsOf, sortNodes } from "./graph.ts";
import { BOTH_NAMED } from "../prompts/labels.ts";
import { readExpression } from "./read-expression.ts";

/** Milliseconds of a processor that reading the expressions of a graph may take. A thousand take less than one second. */
const MAX_READING = 2_000;

export interface GraphFault {
  /** Such as `nodes/2/variables/text`. */
  readonly path: string;
  readonly message: string;
}

/**
 * What is wrong with a graph that has the form of one: names that are taken twice or lead nowhere, cycles, and expressions that cannot
 * be parsed or read what does not come before. None if it can run.
 */
export function checkGraph(graph: Graph): GraphFault[] {
  const names = checkNames(graph);
  if (names.length > 0) return names;
  const sorted = sortNodes(graph);
  if (sorted.length < graph.nodes.length) return checkCycles(graph, sorted);
  return checkExpressions(graph, sorted);
}

function checkNames({ nodes }: Graph): GraphFault[] {
  const known = new Set(nodes.map(({ name }) => name));
  return nodes.flatMap((node, index) => {
    const path = `nodes/${index}`;
    const earlier = nodes.findIndex(({ name }) => name === node.name);
    return [
      ...(isPromptNode(node) && node.version !== undefined && node.label !== undefined
        ? [{ path: `${path}/label`, message: BOTH_NAMED }]
        : []),
      ...(earlier < index
        ? [{ path: `${path}/name`, message: `'${node.name}' is the name of node ${earlier} already; take another one` }]
        : []),
      ...listsOf(node).flatMap(([list, targets]) =>
        targets
          .filter((target) => !known.has(target))
          .map((target) => ({
            path: `${path}/${list}`,
            message: `'${target}' is no node; add it, or name another one`,
          })),
      ),
    ];
  });
}

const listsOf = (node: Node): [string, readonly string[]][] => [
  ["after", node.after],
  ...(node.type === "condition"
    ? ([
        ["then", node.then],
        ["else", node.else],
      ] as [string, string[]][])
    : []),
];

function checkCycles({ nodes }: Graph, sorted: readonly Node[]): GraphFault[] {
  const left = nodes.filter((node) => !sorted.includes(node)).map(({ name }) => `'${name}'`);
  return [
    { path: "nodes", message: `${left.join(", ")} come after each other, or after such nodes; take one edge away` },
  ];
}

/** An expression of a node, by its path in the node. */
function expressionsOf(node: Node): [string, string][] {
  if (node.type === "condition") return [["if", node.if]];
  if (!isPromptNode(node)) return [];
  return [
    ...(node.type === "map" ? ([["over", node.over]] as [string, string][]) : []),
    ...Object.entries(node.variables).map(([name, text]): [string, string] => [`variables/${name}`, text]),
  ];
}

function checkExpressions(graph: Graph, sorted: readonly Node[]): GraphFault[] {
  const before = ancestorsOf(graph, sorted);
  const time = new ProcessorTime(MAX_READING);
  const faults = graph.nodes.flatMap((node, index) =>
    expressionsOf(node).flatMap(([path, text]) =>
      checkExpression(text, {
        path: `nodes/${index}/${path}`,
        variables: node.type === "map" && path !== "over" ? ["inputs", "item", "index"] : ["inputs"],
        nodes: before.get(node.name) ?? new Set(),
        where: `before '${node.name}'`,
        time,
      }),
    ),
  );
  if (graph.output === undefined) return faults;
  const nodes = new Set(graph.nodes.map(({ name }) => name));
  return [
    ...faults,
    ...checkExpression(graph.output, { path: "output", variables: ["inputs"], nodes, where: "of the workflow", time }),
  ];
}

/** The nodes that come before each one, at any distance. */
function ancestorsOf(graph: Graph, sorted: readonly Node[]): Map<string, ReadonlySet<string>> {
  const edges = edgesOf(graph);
  const before = new Map<string, ReadonlySet<string>>();
  for (const { name } of sorted) {
    const direct = predecessorsOf(edges.get(name) as Edges);
    before.set(name, new Set(direct.flatMap((each) => [each, ...(before.get(each) ?? [])])));
  }
  return before;
}

interface Scope {
  readonly path: string;
  readonly variables: readonly string[];
  readonly nodes: ReadonlySet<string>;
  /** Which nodes these are, in an error. */
  readonly where: string;
  readonly time: ProcessorTime;
}

function checkExpression(text: string, { path, variables, nodes, where, time }: Scope): GraphFault[] {
  try {
    const found = time.take(() => readExpression(text));
    return [
      ...[...found.names]
        .filter((name) => !variables.includes(name))
        .map((name) => `'${name}' is no variable; there are ${[...variables, "nodes"].join(", ")}`),
      ...[...found.nodes].filter((name) => !nodes.has(name)).map((name) => `'${name}' is no node ${where}`),
    ].map((message) => ({ path, message }));
  } catch (error) {
    if (error instanceof ExpressionsTooSlow) return [{ path, message: `is not read: ${error.message}` }];
    if (!(error instanceof ExpressionError)) throw error;
    return [{ path, message: `is no CEL expression: ${error.message}` }];
  }
}
