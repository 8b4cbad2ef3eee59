/** Plans an environment without a cloud: what proofs read. */
export { describeObject, selects, type KubernetesObject, type Labels } from "../plan/model/kubernetes.ts";
export type { NodeGroup } from "../plan/model/nodes.ts";
export type { Finding, Plan, PlannedAddon, PlannedObject } from "../plan/model/plan.ts";
export type { PodSource, Requests } from "../plan/model/pods.ts";
export { known, knownNumber, knownText, type Recorded, type RecordedResource } from "../plan/model/recorded.ts";
export { diffPlans } from "../plan/diff.ts";
export type { ThingChange } from "../plan/model/changes.ts";
export type { Effects } from "../plan/model/effects.ts";
export { toPlanFile, type PlanFile } from "../plan/plan-file.ts";
export { planEnvironment, type Extension } from "../plan/plan.ts";
export { validateObjects } from "../plan/validate-objects.ts";
