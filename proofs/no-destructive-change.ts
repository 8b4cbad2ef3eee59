import type { Cause, ResourceChange } from "../plan/model/steps.ts";
import type { Proof } from "./proof.ts";

export const noDestructiveChange: Proof = {
  name: "no-destructive-change",
  claim: "No change is refused, and where protected none deletes or replaces what holds data or what others depend on.",
  examine({ changes, expected: { cloud } }) {
    if (!changes) {
      const notJudged = "it is not known what exists. Name it: 'promptops check --against'.";
      return { evidence: [], failures: [], notJudged };
    }
    // An environment cannot lose its protection and its data in one step.
    const isProtected = cloud.protect || changes.protect;
    return {
      evidence: [evidenceOf(changes.resources, isProtected)],
      failures: destructiveChanges(changes.resources, isProtected),
    };
  },
};

function evidenceOf(changes: readonly ResourceChange[], isProtected: boolean): string {
  const counts = (["create", "update", "replace", "delete"] as const).map(
    (action) => `${changes.filter((change) => change.action === action).length} to ${action}`,
  );
  return `${counts.join(", ")}; ${isProtected ? "protected" : "not protected"}`;
}

/** What must not happen, a sentence for each. */
export const destructiveChanges = (changes: readonly ResourceChange[], isProtected: boolean): string[] =>
  changes.flatMap((change) => failuresOf(change, isProtected));

function failuresOf(change: ResourceChange, isProtected: boolean): string[] {
  const [strongest] = change.causes;
  if (change.action === "update" && strongest?.effect === "refuse")
    return [`${change.name} cannot be changed like this: ${because(strongest)}. Undo the change.`];
  if (change.keptBy.length > 0 && (change.action === "delete" || change.action === "replace"))
    return [`${change.name} cannot go: ${listOf(change.keptBy)} keeps using it. Undo the change.`];
  return isProtected && destroys(change) && matters(change) ? [lossOf(change)] : [];
}

const destroys = ({ action, causes }: ResourceChange): boolean =>
  action === "delete" || action === "replace" || causes.some(({ effect }) => effect === "recreate");

/** What goes along with another resource is told with that one, unless it carries something. */
const matters = ({ carries, dependents, causes }: ResourceChange): boolean =>
  carries !== undefined || (dependents.length > 0 && causes[0]?.from === undefined);

function lossOf({ name, action, causes, protect, carries, dependents }: ResourceChange): string {
  const [strongest] = causes;
  const what = action === "delete" ? "is deleted" : action === "replace" ? "is replaced" : "loses a part";
  return [
    `${name} ${what}${strongest ? `: ${because(strongest)}` : ""}.`,
    ...(carries === undefined ? [] : [LOSSES[carries]]),
    ...(dependents.length > 0 ? [`${listOf(dependents)} depend on it.`] : []),
    ...(protect && action !== "update" ? ["Pulumi refuses to delete it."] : []),
    "Undo the change, or except it for a while.",
  ].join(" ");
}

const LOSSES = { data: "It holds data, or the environment is built on it.", pods: "Pods run on it." } as const;

function because({ path, effect, source, note, from }: Cause): string {
  const subject = from === undefined ? `'${path}' changes` : `'${path}' follows ${from.split("::").at(-1) ?? from}`;
  const unknown = effect === "unknown" ? ["counts as a replacement"] : [];
  return `${subject} (${[...unknown, ...(note === undefined ? [] : [note.replace(/\.$/, "")]), source].join("; ")})`;
}

/** So many are named; the others are counted. */
const NAMED = 3;

const listOf = (names: readonly string[]): string =>
  names.length > NAMED ? `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more` : names.join(", ");
