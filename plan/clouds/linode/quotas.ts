import { groupBy } from "../../../platform/group-by.ts";
import type { QuotaNeed } from "../../../platform/quotas.ts";
import type { NodeGroup } from "../../model/nodes.ts";
import type { RecordedResource } from "../../model/recorded.ts";
import { ofType } from "../inputs.ts";

/** What the resources take of the limits of their account. */
export function quotaNeedsOf(resources: readonly RecordedResource[], nodeGroups: readonly NodeGroup[]): QuotaNeed[] {
  const buckets = ofType(resources, "linode:index/objectStorageBucket:ObjectStorageBucket").length;
  const plans = groupBy(nodeGroups, ({ machines: [plan = ""] }) => plan);
  return [
    need("Linodes", nodeGroups),
    ...[...plans].map(([plan, groups]) => need(`plan ${plan}`, groups)),
    ...(buckets > 0 ? [{ of: "buckets", min: buckets, max: buckets } as const] : []),
  ];
}

const need = (of: QuotaNeed["of"], groups: readonly NodeGroup[]): QuotaNeed => ({
  of,
  min: groups.reduce((sum, { min }) => sum + min, 0),
  max: groups.reduce((sum, { max }) => sum + max, 0),
});
