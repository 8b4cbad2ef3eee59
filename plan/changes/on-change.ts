import { aws } from "./aws.ts";
import { kubernetes } from "./kubernetes.ts";
import { linode } from "./linode.ts";
import { bridgedProviders } from "./providers.ts";
import type { Effect } from "../model/steps.ts";
import type { ChangesOfType, Exception, Line, ProviderSource, When } from "./rows.ts";

export const providerSources: readonly ProviderSource[] = [aws, linode, kubernetes, bridgedProviders];

/** What a change of an input does, and where that was read. */
export interface OnChange {
  readonly effect: Effect;
  /** `hashicorp/terraform-provider-aws@5f2286d6d836 internal/service/eks/cluster.go:305`. */
  readonly source: string;
  readonly note?: string;
}

/** The values of a change as a plan records them; undefined where there was or is none. */
export interface Values {
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * What a change of an input does. `path` is the input's as a plan has it (`taints.0.key`, `tags.Name`). With the values, rows
 * whose direction decides are decided; without them, the row of all other changes is given. An input that the table lacks is
 * `unknown`.
 */
export function onChange(type: string, path: string, values?: Values): OnChange {
  return rowOf(type, path, values) ?? { effect: "unknown", source: `no row of ${type} ${path} in plan/changes` };
}

/** The same, but undefined for an input that the table lacks. */
export function rowOf(type: string, path: string, values?: Values): OnChange | undefined {
  const source = providerSources.find(({ types }) => type in types);
  const changes = source?.types[type];
  if (!source || !changes) return undefined;
  const inputs = prefixesOf(path);
  const row =
    inputs.map((input) => exceptionOf(changes, input, values)).find(Boolean) ??
    inputs.map((input) => plainRow(changes, input) ?? plainRow(source.every, input)).find(Boolean);
  return row && answer(source, changes, row);
}

export const changesOf = (type: string): ChangesOfType | undefined =>
  providerSources.find(({ types }) => type in types)?.types[type];

/** Inputs of a type for which the provider always makes another resource. */
export const fixedInputsOf = (type: string): string[] =>
  Object.keys(changesOf(type)?.replaces ?? {}).filter((path) => !path.includes("."));

interface Row {
  readonly effect: Effect;
  readonly line: Line;
  readonly note?: string | undefined;
}

/** `taints[key].value` and `taints.0.value` are `taints.value`, then `taints`. */
export function prefixesOf(path: string): string[] {
  const keys = path
    .replaceAll(/\[[^\]]*\]/g, "")
    .split(".")
    .filter((key) => !/^\d+$/.test(key));
  return keys.map((_, index) => keys.slice(0, keys.length - index).join("."));
}

const effectLists = [
  ["replaces", "replace"],
  ["recreates", "recreate"],
  ["refuses", "refuse"],
  ["ignores", "ignore"],
  ["updates", "update"],
] as const;

function plainRow(changes: Partial<ChangesOfType> | undefined, input: string): Row | undefined {
  const note = changes?.notes?.[input];
  for (const [list, effect] of effectLists) {
    const line = changes?.[list]?.[input];
    if (line !== undefined) return { effect, line, note };
  }
  const undecided = changes?.unknown?.[input];
  return undecided && { effect: "unknown", line: undecided.line, note: undecided.reason };
}

const exceptionOf = (
  { exceptions = [] }: ChangesOfType,
  input: string,
  values: Values | undefined,
): Exception | undefined => values && exceptions.find((each) => each.input === input && applies(each.when, values));

const conditions: Readonly<Record<Extract<When, string>, (values: Values) => boolean>> = {
  added: ({ before, after }) => before === undefined && after !== undefined,
  removed: ({ before, after }) => before !== undefined && after === undefined,
  decreases: ({ before, after }) => isLess(after, before),
  unknown: ({ after }) => typeof after === "object" && after !== null && "$output" in after,
  "prefix changes": ({ before, after }) => String(before).split("/")[0] !== String(after).split("/")[0],
};

const applies = (when: When, values: Values): boolean =>
  typeof when === "string"
    ? conditions[when](values)
    : (["from", "to"] as const).every(
        (end) => when[end] === undefined || when[end] === values[end === "from" ? "before" : "after"],
      );

/** Numbers, or versions part by part: `1.9` is less than `1.10`. */
function isLess(one: unknown, other: unknown): boolean {
  const [a, b] = [partsOf(one), partsOf(other)];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}

const partsOf = (value: unknown): number[] =>
  typeof value === "number" || typeof value === "string" ? String(value).split(".").map(Number) : [];

function answer(
  { repository, commit }: ProviderSource,
  { file, commit: own = commit }: ChangesOfType,
  { effect, line, note }: Row,
): OnChange {
  const at = typeof line === "number" ? `${file}:${line}` : line;
  const source = at.startsWith("https:") ? at : `${repository}@${own} ${at}`;
  return { effect, source, ...(note !== undefined && { note }) };
}

/** Replaced, or must be taken as replaced. */
export const replaces = ({ effect }: Pick<OnChange, "effect">): boolean => effect === "replace" || effect === "unknown";
