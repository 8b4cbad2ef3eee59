import type { Identity, RecordedValue } from "../../model/safety.ts";
import { type RecordedResource, textOf } from "../../model/recorded.ts";
import { at, nameOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";

type Resources = readonly RecordedResource[];

const CLUSTER = "linode:index/lkeCluster:LkeCluster";
const DATABASE = "linode:index/databasePostgresqlV2:DatabasePostgresqlV2";
const BUCKET = "linode:index/objectStorageBucket:ObjectStorageBucket";
const KEY = "linode:index/objectStorageKey:ObjectStorageKey";

/** Where each type shows what a key of the environment declares. */
const paths: readonly (readonly [type: string, path: string, key: string, read?: (value: string) => string])[] = [
  [CLUSTER, "region", "region"],
  [CLUSTER, "k8sVersion", "kubernetes.version"],
  [DATABASE, "region", "region"],
  [DATABASE, "engineId", "database.version", (engine) => engine.replace(/^postgresql\//, "")],
  [DATABASE, "type", "database.needs"],
  [DATABASE, "clusterSize", "database.standby", (nodes) => String(Number(nodes) >= 3)],
  [BUCKET, "region", "region"],
  ["linode:index/domain:Domain", "domain", "domain"],
];

export const valuesOf = (resources: Resources): RecordedValue[] => [
  ...ofType(resources, KEY).flatMap((key) =>
    regionsOf(key).map((value) => ({ key: "region", resource: nameOf(key), value })),
  ),
  ...paths.flatMap(([type, path, key, read = (value) => value]) =>
    ofType(resources, type).map((each) => ({ key, resource: nameOf(each), value: read(textOf(at(each, path))) })),
  ),
];

const regionsOf = (key: RecordedResource): string[] => [
  ...textsOf(at(key, "regions")),
  ...objectsIn(at(key, "bucketAccesses")).map(({ region }) => textOf(region)),
];

export const bucketsOf = (resources: Resources): string[] =>
  ofType(resources, BUCKET).flatMap((each) => textsOf(at(each, "label")));

/** Keys of object storage. One that sets up a bucket through its own API opens all of them; no other may. */
export function keysOf(resources: Resources): Identity[] {
  const buckets = ofType(resources, BUCKET);
  const names = bucketsOf(resources);
  return ofType(resources, KEY).map((key) => {
    const grants = objectsIn(at(key, "bucketAccesses"));
    // A key that opens a bucket is labelled as the bucket is.
    const own = names.filter((name) => name === at(key, "label"));
    const setsUp = buckets.some((bucket) => referredTo(at(bucket, "accessKey"), [key]).length > 0);
    const writes = grants
      .filter(({ permissions }) => permissions === "read_write")
      .map(({ bucketName }) => textOf(bucketName));
    return {
      name: nameOf(key),
      allowed: writes.length,
      grants:
        grants.length === 0
          ? [{ verb: "read_write", resource: "*" }]
          : grants.map(({ permissions, bucketName }) => ({ verb: textOf(permissions), resource: textOf(bucketName) })),
      lacks: setsUp ? [] : own.filter((name) => !writes.includes(name)).map((name) => `read_write on ${name}`),
      exceeds: [
        ...(setsUp || grants.length > 0 ? [] : ["it opens every bucket of the account. Set bucketAccesses."]),
        ...writes
          .filter((name) => !own.includes(name))
          .map((name) => `it opens ${name}, which is not the bucket of its label. Remove it.`),
      ],
      trust: [],
    };
  });
}
