import type { Cause, PlannedChanges, ResourceChange, Step } from "../plan/model/steps.ts";
import { table } from "./table.ts";

/** What `pulumi up` does, a line per step under a heading; nothing where there is nothing to do. */
export function describeSteps({ resources, steps }: PlannedChanges): string[] {
  if (steps.length === 0) return [];
  const changes = new Map(resources.map((change) => [change.urn, change]));
  const rows = steps.map((step, index) => [
    `${String(index + 1).padStart(String(steps.length).length)}.`,
    ...[doesOf(step), step.name, reasonOf(step, changes.get(step.urn))],
  ]);
  return [`pulumi up, in this order: ${steps.length} steps`, ...table(rows).map((line) => `  ${line}`)];
}

const doesOf = ({ does, replaces }: Step): string =>
  replaces ? { create: "create again", delete: "delete old", update: "update" }[does] : does;

/** A replacement has two steps, and its reasons stand at what is made. */
function reasonOf({ does, replaces }: Step, change: ResourceChange | undefined): string {
  if (does === "delete" && replaces) return "";
  const causes = change?.causes ?? [];
  return [...new Set(causes.map(describeCause))].join("; ");
}

function describeCause({ path, before, after, effect, note, from }: Cause): string {
  const values =
    from === undefined && isShort(before) && isShort(after) ? ` ${String(before)} -> ${String(after)}` : "";
  const origin = from === undefined ? "" : ` of ${from.split("::").at(-1) ?? from}`;
  const said = {
    replace: "replaces",
    recreate: "recreates",
    update: "",
    refuse: "REFUSED",
    unknown: "unknown, counts as replaces",
    ignore: "",
  };
  const parts = [said[effect], ...(note === undefined || effect === "replace" ? [] : [note])].filter(
    (part) => part !== "",
  );
  return `${path}${values}${origin}${parts.length > 0 ? ` (${parts.join(": ")})` : ""}`;
}

/** Values that fit on a line; those of secrets and outputs are not known. */
const isShort = (value: unknown): boolean =>
  typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && value.length <= 40);
