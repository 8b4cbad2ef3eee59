import type { Plan } from "../plan/model/plan.ts";
import type { Cause, ResourceChange } from "../plan/model/steps.ts";
import type { Proof } from "./proof.ts";

export const noDestructiveChange: Proof = {
  name: "no-destructive-change",
  claim:
    "No provider refuses a change, no nodes are deleted before they are drained, and in protected environments no change deletes or replaces resources that hold data or that others depend on.",
  examine(plan) {
    const { changes, expected } = plan;
    if (!changes) {
      const notJudged =
        "the deployed resources are not known. Pass them with 'promptops check --against'; 'promptops keep' stores the plan of a deployment for that.";
      return { evidence: [], failures: [], notJudged };
    }
    // An environment cannot lose its protection and its data in one step.
    const isProtected = expected.cloud.protect || changes.protect;
    return {
      evidence: [evidenceOf(changes.resources, plan, isProtected)],
      failures: destructiveChanges(changes.resources, plan, isProtected),
    };
  },
};

/** The pools of the new plan. */
type Pools = Pick<Plan, "environment" | "pools">;

function evidenceOf(changes: readonly ResourceChange[], pools: Pools, isProtected: boolean): string {
  const counts = (["create", "update", "replace", "delete"] as const).map(
    (action) => `${changes.filter((change) => change.action === action).length} to ${action}`,
  );
  const drained = changes.filter((change) => deletesNodes(change) && isDrained(change, pools)).length;
  return [
    counts.join(", "),
    ...(drained > 0 ? [`${drained} of the deleted node groups are drained`] : []),
    isProtected ? "protected" : "not protected",
  ].join("; ");
}

/** What must not happen, a sentence for each. */
export const destructiveChanges = (changes: readonly ResourceChange[], pools: Pools, isProtected: boolean): string[] =>
  changes.flatMap((change) => failuresOf(change, pools, isProtected));

function failuresOf(change: ResourceChange, pools: Pools, isProtected: boolean): string[] {
  const refusal = refusalOf(change);
  if (refusal !== undefined) return [refusal];
  if (deletesNodes(change)) return isDrained(change, pools) ? [] : [undrained(change, pools)];
  return isProtected && destroys(change) && matters(change) ? [lossOf(change)] : [];
}

/** Why the cloud refuses a change, protected or not. */
function refusalOf({ name, action, causes: [strongest], keptBy }: ResourceChange): string | undefined {
  if (action === "update" && strongest?.effect === "refuse")
    return `${name} cannot be changed like this: ${because(strongest)}. Undo the change.`;
  const goes = action === "delete" || action === "replace";
  return goes && keptBy.length > 0
    ? `${name} cannot be deleted: ${listOf(keptBy)} keeps using it. Undo the change.`
    : undefined;
}

/** Nodes of a pool. What else runs pods goes by the rules for everything. */
type DeletedNodes = ResourceChange & Required<Pick<ResourceChange, "nodesOf">>;

const deletesNodes = (change: ResourceChange): change is DeletedNodes =>
  change.action === "delete" && change.nodesOf !== undefined;

const isDrained = ({ nodesOf: { pool, generation } }: DeletedNodes, { pools }: Pools): boolean =>
  pools.some(({ name, drained }) => name === pool && drained?.generation === generation);

function undrained({ name, protect, nodesOf: { pool, generation } }: DeletedNodes, plan: Pools): string {
  const standing = plan.pools.find((each) => each.name === pool)?.generation;
  const command = `promptops pools drain ${pool} --environment ${plan.environment}`;
  return [
    `${name} is deleted, and generation ${generation} of pool '${pool}' is not recorded as drained. Pods run on it.`,
    ...(protect ? ["Pulumi refuses to delete it."] : []),
    standing === undefined
      ? `Keep the pool; to remove it, move its pods yourself, because '${command}' needs a next generation, and except it for a while.`
      : standing === generation
        ? `Make the change in the next generation, and run '${command}' first.`
        : `Keep it under 'retiring', and run '${command}' first.`,
  ].join(" ");
}

const destroys = ({ action, causes }: ResourceChange): boolean =>
  action === "delete" || action === "replace" || causes.some(({ effect }) => effect === "recreate");

/** A resource that changes only because of another one is reported with that one, unless it carries something. */
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
