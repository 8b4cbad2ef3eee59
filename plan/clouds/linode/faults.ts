import type { RecordedResource } from "../../model/recorded.ts";
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
  [CLUSTER, "pools.*.updateStrategy", /^(rolling_update|on_recycle)$/],
  [POOL, "updateStrategy", /^(rolling_update|on_recycle)$/],
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
  return [
    ...faultIf(
      cluster.ignoreChanges.includes("pools[0].count"),
      `${name} undoes what the autoscaler does. Ignore changes of pools[0].count.`,
    ),
    ...objectsIn(at(cluster, "pools")).flatMap(({ count, autoscaler }) => {
      const [bounds] = objectsIn(autoscaler);
      const nodes = numberOf(count) ?? 0;
      const [min, max] = bounds ? [numberOf(bounds["min"]) ?? 0, numberOf(bounds["max"]) ?? 0] : [nodes, nodes];
      return faultIf(
        nodes > 0 && nodes >= min && nodes <= max,
        `${name} starts with ${nodes} nodes, which is not between its bounds. Change count.`,
      );
    }),
  ];
}

function poolFaults(pool: RecordedResource, resources: Resources): string[] {
  const clusters = ofType(resources, CLUSTER);
  const own = clusters.flatMap((cluster) => textsOf(at(cluster, "externalPoolTags")));
  const name = nameOf(pool);
  return [
    ...faultIf(
      referredTo(at(pool, "clusterId"), clusters).length === 1,
      `${name} is of no cluster of the plan. Set clusterId.`,
    ),
    ...faultIf(
      textsOf(at(pool, "tags")).some((tag) => own.includes(tag)),
      `${name} bears none of the cluster's externalPoolTags, so that the cluster deletes it. Add one.`,
    ),
    ...faultIf(
      pool.ignoreChanges.includes("nodeCount"),
      `${name} undoes what the autoscaler does. Ignore changes of nodeCount.`,
    ),
  ];
}
