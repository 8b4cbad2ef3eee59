import type { Amount } from "../../model/billing.ts";
import { knownNumber, type RecordedResource } from "../../model/recorded.ts";
import { fixed } from "../billing.ts";
import { ofType } from "../inputs.ts";

/** Nodes of a group at minimum and at maximum size. */
export const boundsOf = (group: RecordedResource): Amount => ({
  min: knownNumber(group, "scalingConfig.minSize"),
  max: knownNumber(group, "scalingConfig.maxSize"),
});

/** All nodes of the plan. */
export function nodesOf(resources: readonly RecordedResource[]): Amount {
  const groups = ofType(resources, "aws:eks/nodeGroup:NodeGroup").map(boundsOf);
  return groups.reduce((sum, { min, max }) => ({ min: sum.min + min, max: sum.max + max }), fixed(0));
}
