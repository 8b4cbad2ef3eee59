/**
 * What a provider does when an input changes:
 *
 * - `replace`: it makes another resource, and deletes this one.
 * - `recreate`: the resource stays, but part of it is deleted and made again. Pulumi shows an update.
 * - `update`: in place.
 * - `refuse`: the update fails, in the provider or in the API behind it. Pulumi shows an update.
 * - `ignore`: nothing.
 * - `unknown`: the source was read and does not decide. Counts as `replace`.
 */
export type Effect = "replace" | "recreate" | "update" | "refuse" | "ignore" | "unknown";

/** What the next `pulumi up` does to the resources of an environment, from those that exist. */
export interface PlannedChanges {
  readonly resources: readonly ResourceChange[];
  /** In the order of `pulumi up`, which does side by side what does not depend on each other. */
  readonly steps: readonly Step[];
  /** Whether what exists, or what is planned, is protected. */
  readonly protect: boolean;
}

export interface ResourceChange {
  readonly urn: string;
  /** `Instance 'database'`. */
  readonly name: string;
  readonly action: "create" | "update" | "replace" | "delete";
  /** What of it; none where the resource comes or goes. */
  readonly causes: readonly Cause[];
  /** Pulumi refuses to delete what exists. */
  readonly protect: boolean;
  /** What is lost with it: data, the cluster and network included, or the pods that run on it. @default - nothing */
  readonly carries?: "data" | "pods" | undefined;
  /** For nodes, the generation of their pool. @default - not nodes of one of our pools */
  readonly nodesOf?: { readonly pool: string; readonly generation: number };
  /** Names of resources that stay, and are made of its outputs or wait for it. */
  readonly dependents: readonly string[];
  /** Names of resources that keep it in an input which Pulumi is told to leave as it is. The cloud does not delete it while they do. */
  readonly keptBy: readonly string[];
}

/** A change of an input, and what it does. */
export interface Cause {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly effect: Effect;
  /** Where that was read. */
  readonly source: string;
  readonly note?: string;
  /** The resource by whose change the value changes. @default - the description changed */
  readonly from?: string;
}

export interface Step {
  readonly urn: string;
  readonly name: string;
  /** A replacement is a `create` and a `delete`, in either order. */
  readonly does: "create" | "update" | "delete";
  readonly replaces: boolean;
}
