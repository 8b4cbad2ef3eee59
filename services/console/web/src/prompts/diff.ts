import type { PromptVersion } from "../api/openapi.d.ts";

export interface DiffLine {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
}

/** Pairs of lines that are compared; beyond it, the whole middle counts as changed. */
const MAX_PAIRS = 4_000_000;

/** The shortest changes from one text to another, by line. */
export function diffLines(from: readonly string[], to: readonly string[]): DiffLine[] {
  const start = countSame(from, to);
  const rest = Math.min(from.length, to.length) - start;
  const end = Math.min(rest, countSame(from.toReversed(), to.toReversed()));
  return [
    ...from.slice(0, start).map(line("same")),
    ...diffMiddle(from.slice(start, from.length - end), to.slice(start, to.length - end)),
    ...from.slice(from.length - end).map(line("same")),
  ];
}

/** How many lines both begin with. */
function countSame(one: readonly string[], other: readonly string[]): number {
  const length = Math.min(one.length, other.length);
  let count = 0;
  while (count < length && one[count] === other[count]) count += 1;
  return count;
}

function diffMiddle(from: readonly string[], to: readonly string[]): DiffLine[] {
  if (from.length * to.length > MAX_PAIRS) return [...from.map(line("removed")), ...to.map(line("added"))];
  const inCommon = countInCommon(from, to);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < from.length && j < to.length) {
    const removed = from[i] as string;
    const added = to[j] as string;
    const change = inCommon(i + 1, j) >= inCommon(i, j + 1) ? "removed" : "added";
    const kind = removed === added ? "same" : change;
    lines.push({ kind, text: kind === "added" ? added : removed });
    if (kind !== "added") i += 1;
    if (kind !== "removed") j += 1;
  }
  return [...lines, ...from.slice(i).map(line("removed")), ...to.slice(j).map(line("added"))];
}

/** How many lines from[i..] and to[j..] have in common, in order. */
function countInCommon(from: readonly string[], to: readonly string[]): (i: number, j: number) => number {
  const width = to.length + 1;
  const counts = new Uint32Array((from.length + 1) * width);
  const at = (i: number, j: number): number => counts[i * width + j] ?? 0;
  for (let i = from.length - 1; i >= 0; i -= 1)
    for (let j = to.length - 1; j >= 0; j -= 1)
      counts[i * width + j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  return at;
}

const line =
  (kind: DiffLine["kind"]) =>
  (text: string): DiffLine => ({ kind, text });

const block = (title: string, value: object): string[] => [
  `${title}:`,
  ...JSON.stringify(value, undefined, 2).split("\n"),
];

/** A version as lines that can be compared. */
export const linesOf = ({ model, messages, variables, parameters, guardrails }: PromptVersion): string[] => [
  `model: ${model}`,
  ...messages.flatMap(({ role, content }) => [`[${role}]`, ...content.split("\n")]),
  ...block("variables", variables),
  ...block("parameters", parameters),
  ...block("guardrails", guardrails),
];
