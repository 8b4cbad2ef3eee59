import type { ThingChange } from "../plan/model/changes.ts";
import type { PlannedChanges } from "../plan/model/steps.ts";

/** What is otherwise in a second plan. */
export interface Difference {
  /** What the changes mean. */
  readonly consequences: readonly ThingChange[];
  /** What `pulumi up` does; absent between two environments. */
  readonly pulumi?: PlannedChanges;
  readonly changes: readonly ThingChange[];
}

export const signs = { added: "+", removed: "-", changed: "~" } as const;

/** `2 added, 0 removed, 1 changed`. */
export function summary(changes: readonly ThingChange[]): string {
  if (changes.length === 0) return "no difference";
  return (["added", "removed", "changed"] as const)
    .map((change) => `${changes.filter((each) => each.change === change).length} ${change}`)
    .join(", ");
}

/** Characters of a value. */
const LONGEST = 100;

export function showValue(value: unknown): string {
  if (value === undefined) return "(none)";
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}
