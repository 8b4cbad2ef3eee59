import type { Graph } from "../api/openapi.d.ts";

const INPUT = /\binputs\.([a-zA-Z_][a-zA-Z0-9_]*)/g;

function expressionsOf(node: Graph["nodes"][number]): string[] {
  if (node.type === "condition") return [node.if];
  if (node.type === "prompt") return Object.values(node.variables);
  return node.type === "map" ? [node.over, ...Object.values(node.variables)] : [];
}

/** The inputs that the expressions of a graph name, in the order in which they are first named. */
export const inputsOf = ({ nodes, output = "" }: Graph): string[] => [
  ...new Set(
    [...nodes.flatMap(expressionsOf), output].flatMap((text) => [...text.matchAll(INPUT)].map(([, name = ""]) => name)),
  ),
];

/** A JSON object with the inputs of a graph, to be filled in. */
export const templateOf = (graph: Graph): string =>
  JSON.stringify(Object.fromEntries(inputsOf(graph).map((name) => [name, ""])), undefined, 2);

/** The inputs in a text. Throws an Error that says what is wrong with it. */
export function parseInputs(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The inputs are no JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error('The inputs must be a JSON object, such as {"topic": "tides"}.');
}
