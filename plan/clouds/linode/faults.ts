import type { Recorded, RecordedResource } from "../../model/recorded.ts";
import { type AcceptedValue, refusedValues } from "../accepted-values.ts";
import { at, nameOf, numberOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";

type Resources = readonly RecordedResource[];

const CLUSTER = "linode:index/lkeCluster:LkeCluster";
const POOL = "linode:index/lkeNodePool:LkeNodePool";
const BUCKET = "linode:index/objectStorageBucket:ObjectStorageBucket";
const DATABASE = "linode:index/databasePostgresqlV2:DatabasePostgresqlV2";

/**
 * What Akamai accepts, of inputs that have few values. They are documented at https://techdocs.akamai.com/linode-api/reference, and
 * were not compared with it: extend a row when Akamai accepts more.
 */
const accepted: readonly AcceptedValue[] = [
  [CLUSTER, "tier", /^(standard|enterprise)$/],
  [BUCKET, "endpointType", /^E[0-3]$/],
  [DATABASE, "clusterSize", /^[123]$/],
  [DATABASE, "updates.frequency", /^weekly$/],
  [DATABASE, "updates.dayOfWeek", /^[1-7]$/],
  [DATABASE, "updates.hourOfDay", /^(\d|1\d|2[0-3])$/],
  [DATABASE, "updates.duration", /^[1-4]$/],
  ["linode:index/domain:Domain", "type", /^master$/],
];

/** What Akamai refuses, and what leaves a resource without use. */
export const faultsOf = (resources: Resources): string[] => [
  ...resources.flatMap((resource) => refusedValues(resource, accepted)),
  ...ofType(resources, CLUSTER).flatMap(clusterFaults),
  ...ofType(resources, POOL).flatMap((pool) => poolFaults(pool, resources)),
  ...ofType(resources, BUCKET)
    .filter(
      (bucket) =>
        String(referredKey(bucket, "accessKey", resources)) !== String(referredKey(bucket, "secretKey", resources)),
    )
    .map((bucket) => `${nameOf(bucket)} is set up with parts of two keys. Take accessKey and secretKey from one.`),
];

const referredKey = (bucket: RecordedResource, part: string, resources: Resources): string | undefined =>
  referredTo(at(bucket, part), ofType(resources, "linode:index/objectStorageKey:ObjectStorageKey"))[0]?.urn;

const faultIf = (held: boolean, fault: string): string[] => (held ? [] : [fault]);

function clusterFaults(cluster: RecordedResource): string[] {
  const name = nameOf(cluster);
  const pools = objectsIn(at(cluster, "pools"));
  if (pools.length === 0) return [`${name} comes without a pool, which LKE refuses. Give it one.`];
  return pools.flatMap((pool) => [
    ...faultIf(
      (numberOf(pool["count"]) ?? 0) >= 1,
      `${name} comes with a pool without a node, which LKE refuses. Set its count.`,
    ),
    ...faultIf(
      pool["autoscaler"] === undefined,
      `${name} comes with an autoscaled pool, whose machine nothing can change without an outage. Make it a LkeNodePool.`,
    ),
    ...faultIf(
      objectsIn(pool["taints"]).some(({ effect }) => effect === "NoSchedule" || effect === "NoExecute"),
      `${name} comes with a pool that takes pods, whose machine nothing can change without an outage. Taint it.`,
    ),
    ...strategyFaults(name, cluster, pool["updateStrategy"]),
  ]);
}

/** The API keeps no strategy of a standard cluster's pools, so that each preview would show a change. */
function strategyFaults(name: string, cluster: RecordedResource | undefined, strategy: Recorded | undefined): string[] {
  const isEnterprise = cluster !== undefined && at(cluster, "tier") === "enterprise";
  return faultIf(
    strategy === undefined || isEnterprise,
    `${name} has an updateStrategy, which only an enterprise cluster keeps. Remove it.`,
  );
}

function poolFaults(pool: RecordedResource, resources: Resources): string[] {
  const clusters = ofType(resources, CLUSTER);
  const own = clusters.flatMap((cluster) => textsOf(at(cluster, "externalPoolTags")));
  const name = nameOf(pool);
  const [cluster, ...others] = referredTo(at(pool, "clusterId"), clusters);
  return [
    ...faultIf(cluster !== undefined && others.length === 0, `${name} is of no cluster of the plan. Set clusterId.`),
    ...faultIf(
      textsOf(at(pool, "tags")).some((tag) => own.includes(tag)),
      `${name} bears none of the cluster's externalPoolTags, so that the cluster deletes it. Add one.`,
    ),
    ...sizeFaults(name, pool),
    ...strategyFaults(name, cluster, at(pool, "updateStrategy")),
  ];
}

function sizeFaults(name: string, pool: RecordedResource): string[] {
  const [bounds] = objectsIn(at(pool, "autoscaler"));
  const nodes = numberOf(at(pool, "nodeCount"));
  if (!bounds) return faultIf((nodes ?? 0) >= 1, `${name} has no node, which LKE refuses. Set nodeCount.`);
  const [min, max] = [numberOf(bounds["min"]) ?? 0, numberOf(bounds["max"]) ?? 0];
  return [
    ...faultIf(nodes === undefined, `${name} undoes what the autoscaler does. Remove nodeCount.`),
    ...faultIf(min >= 1 && min <= max, `${name} scales from ${min} to ${max} nodes. Set 1 <= min <= max.`),
  ];
}
