import type { QuotaNeed } from "../platform/quotas.ts";
import { cloudReaders } from "./clouds/clouds.ts";
import type { Plan } from "./model/plan.ts";

/** What an environment takes of the limits that its cloud sets for an account; none where nodes are declared. */
export const quotaNeedsOf = ({
  cloud,
  resources,
  nodeGroups,
  retiringNodes,
}: Pick<Plan, "cloud" | "resources" | "nodeGroups" | "retiringNodes">): readonly QuotaNeed[] =>
  cloudReaders[cloud].quotaNeeds(resources, [...nodeGroups, ...retiringNodes]);
