import type { Environment } from "../platform/environment.ts";
import { UserError } from "../platform/faults.ts";
import { shortName, type Stack, type StateResource, type Step } from "./stack.ts";

/** Inputs that make a cloud or a provider refuse a deletion, or say what stays after it. */
const GUARDS: ReadonlySet<string> = new Set([
  "deletionProtection",
  "finalSnapshotIdentifier",
  "forceDelete",
  "forceDestroy",
  "recoveryWindowInDays",
  "skipFinalSnapshot",
]);

export type Teardown = NonNullable<Environment["teardown"]>;

const isGuarded = ({ protect, inputs }: StateResource): boolean =>
  protect === true || inputs?.["deletionProtection"] === true;

/**
 * Lifts the guards of existing resources, and does nothing else: a file that differs from what is deployed is refused, and
 * missing resources are not created.
 */
export async function liftGuards(
  stack: Pick<Stack, "resources" | "preview" | "up">,
  environment: Environment,
  teardown: Teardown,
): Promise<Step[]> {
  const resources = await stack.resources();
  // Without a cluster the program cannot run: its provider for Kubernetes depends on it.
  if (!hasCluster(resources)) {
    const guarded = resources.filter(isGuarded);
    if (guarded.length === 0) return [];
    throw withoutCluster(environment.name, guarded);
  }
  const unguarded: Environment = { ...environment, teardown };
  const targets = resources.filter(({ custom }) => custom).map(({ urn }) => urn);
  const others = (await stack.preview(unguarded, { targets })).filter((step) => !onlyLiftsGuards(step));
  if (others.length > 0) throw differs(environment.name, others);
  return stack.up(unguarded, { targets });
}

/** A preview also shows what may follow from outputs that it cannot know: a replacement without a changed input. */
const onlyLiftsGuards = ({ op, changed }: Step): boolean =>
  !["create", "delete"].includes(op) && changed.every((key) => GUARDS.has(key));

/** The control planes of the clouds. A local environment's cluster is not the stack's. */
const CLUSTERS: ReadonlySet<string> = new Set(["aws:eks/cluster:Cluster", "linode:index/lkeCluster:LkeCluster"]);

export const hasCluster = (resources: readonly StateResource[]): boolean =>
  resources.some(({ type }) => CLUSTERS.has(type));

const withoutCluster = (name: string, guarded: readonly StateResource[]): UserError =>
  new UserError(
    [
      `'${name}' has no cluster, and ${guarded.length} of its resources refuse to be deleted:`,
      ...guarded.slice(0, 10).map(({ urn }) => `  ${shortName(urn)}`),
      "Complete the environment with 'pulumi up', and repeat. If that cannot be: run 'pulumi state unprotect --all', turn off",
      "deletion protection of the database in the cloud, and run 'pulumi destroy'.",
    ].join("\n"),
  );

function differs(name: string, steps: readonly Step[]): UserError {
  const shown = steps.slice(0, 10).map(({ op, urn, changed }) => {
    const inputs = changed.length > 0 ? ` (${changed.join(", ")})` : "";
    return `  ${op} ${shortName(urn)}${inputs}`;
  });
  const more = steps.length > shown.length ? [`  and ${steps.length - shown.length} more`] : [];
  return new UserError(
    [
      `Pulumi.${name}.yaml differs from what is deployed; lifting the guards would also do this:`,
      ...shown,
      ...more,
      "Run 'pulumi up' first, or check out the revision that was deployed, and repeat.",
    ].join("\n"),
  );
}
