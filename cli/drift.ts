import { loadDescriptors } from "../addons/catalogue.ts";
import { type Drift, shortName, Stack } from "../operations/stack.ts";
import { diffValues } from "../plan/diff-values.ts";
import type { ExitCode } from "./command.ts";
import { readEnvironments, type Selection } from "./read-environments.ts";

/** `promptops drift`. */
export async function drift(selection: Selection): Promise<ExitCode> {
  const descriptors = await loadDescriptors();
  let drifted = false;
  for (const { name } of readEnvironments(selection, descriptors)) {
    process.stderr.write(`reading the resources of ${name}\n`);
    const stack = await Stack.open(name, descriptors, { workDir: selection.folder });
    const lines = describeDrift(await stack.drift(), await ignoredIn(stack));
    process.stdout.write(`${name}: ${lines.length > 0 ? lines.join("\n") : "no drift"}\n`);
    drifted ||= lines.length > 0;
  }
  return drifted ? 1 : 0;
}

/** Inputs that the program leaves to others, such as the number of nodes, by URN. */
export type Ignored = ReadonlyMap<string, readonly string[]>;

export async function ignoredIn(stack: Stack): Promise<Ignored> {
  const resources = await stack.resources();
  return new Map(resources.map(({ urn, ignoreChanges = [] }) => [urn, ignoreChanges]));
}

/** A line for how many resources drifted, and lines for each; none without drift. */
export function describeDrift(found: readonly Drift[], ignored: Ignored): string[] {
  const resources = found
    .map((drift) => linesOf(drift, ignored.get(drift.urn) ?? []))
    .filter((lines) => lines.length > 0)
    .toSorted(([one = ""], [other = ""]) => (one < other ? -1 : 1));
  if (resources.length === 0) return [];
  const fix = "Run 'pulumi up' to restore what the file says, or change the file.";
  return [`${resources.length} of its resources differ from what was deployed. ${fix}`, ...resources.flat()];
}

function linesOf({ urn, before, after }: Drift, ignored: readonly string[]): string[] {
  if (!after) return [`  ${shortName(urn)}: deleted`];
  const changes = diffValues(before, after).filter(
    ({ path }) => !ignored.some((input) => path === input || path.startsWith(`${input}.`)),
  );
  if (changes.length === 0) return [];
  const shown = changes.map((change) => `    ${change.path}: ${textOf(change.before)} -> ${textOf(change.after)}`);
  return [`  ${shortName(urn)}: changed`, ...shown];
}

const textOf = (value: unknown): string => (value === undefined ? "not set" : JSON.stringify(value));
