import { fixedInputsOf } from "../../changes/on-change.ts";
import {
  type DataHolder,
  type Entrance,
  type Guard,
  type Retention,
  type Store,
  VERSIONS,
} from "../../model/safety.ts";
import type { Recorded, RecordedResource } from "../../model/recorded.ts";
import { at, inputsNamed, isOn, nameOf, numberOf, objectsIn, ofType, textsOf } from "../inputs.ts";

type Resources = readonly RecordedResource[];

const CLUSTER = "linode:index/lkeCluster:LkeCluster";
const POOL = "linode:index/lkeNodePool:LkeNodePool";
const DATABASE = "linode:index/databasePostgresqlV2:DatabasePostgresqlV2";
const BUCKET = "linode:index/objectStorageBucket:ObjectStorageBucket";
const DOMAIN = "linode:index/domain:Domain";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";
const SECRET = "kubernetes:core/v1:Secret";
const ANYONE = "0.0.0.0/0";
/** https://techdocs.akamai.com/linode-api/reference/post-databases-postgre-sql-instances: not a setting, as far as @pulumi/linode 5.1.1 has none. */
const DATABASE_BACKUP_DAYS = 7;

const encryptedIf = (encrypted: boolean): "provider" | undefined => (encrypted ? "provider" : undefined);

/** Disks of nodes are encrypted unless a pool says otherwise; the database always is, and accepts TLS alone. */
export function storesOf(resources: Resources): Store[] {
  return [
    ...ofType(resources, STORAGE_CLASS).map((each): Store => {
      const [parameters = {}] = objectsIn(at(each, "parameters"));
      return {
        name: nameOf(each),
        holds: "data",
        key: encryptedIf(isOn(parameters["linodebs.csi.linode.com/encrypted"])),
      };
    }),
    ...ofType(resources, DATABASE).map((each): Store => ({
      name: nameOf(each),
      holds: "data",
      key: encryptedIf(at(each, "encrypted") !== false),
    })),
    ...poolsOf(resources).map(({ name, pool }): Store => ({
      name: `Disks of ${name}`,
      holds: "scratch",
      key: encryptedIf(pool["diskEncryption"] !== "disabled"),
    })),
  ];
}

function poolsOf(resources: Resources): { name: string; pool: Readonly<Record<string, Recorded>> }[] {
  return [
    ...ofType(resources, CLUSTER).flatMap((each) =>
      objectsIn(at(each, "pools")).map((pool) => ({ name: nameOf(each), pool })),
    ),
    ...ofType(resources, POOL).map((each) => ({ name: nameOf(each), pool: each.inputs })),
  ];
}

/** Of the database servers, `serving` is the one that services use. @default - there is only one */
export function holdersOf(resources: Resources, serving?: string): DataHolder[] {
  const guards: Readonly<Record<string, (resource: RecordedResource) => readonly Guard[]>> = {
    [CLUSTER]: (each) => [
      { what: "controlPlane.highAvailability", on: isOn(at(each, "controlPlane.highAvailability")) },
    ],
    [DATABASE]: () => [],
    [DOMAIN]: () => [],
    [BUCKET]: guardsOfBucket,
    [SECRET]: (secret) => guardsOfSecret(secret, resources),
    [STORAGE_CLASS]: (each) => [
      { what: "reclaimPolicy Retain", on: at(each, "reclaimPolicy") === "Retain" },
      { what: "allowVolumeExpansion", on: isOn(at(each, "allowVolumeExpansion")), always: true },
    ],
  };
  return resources.flatMap((resource) => {
    const read = guards[resource.type];
    const isBeside = resource.type === DATABASE && serving !== undefined && at(resource, "label") !== serving;
    const protect = resource.type.startsWith("kubernetes:") || isBeside || resource.protect;
    const fixed = inputsNamed(resource, fixedInputsOf(resource.type));
    return read ? [{ name: nameOf(resource), protect, guards: read(resource), fixed }] : [];
  });
}

function guardsOfBucket(bucket: RecordedResource): Guard[] {
  const rules = objectsIn(at(bucket, "lifecycleRules"));
  return [
    { what: VERSIONS, on: isOn(at(bucket, "versioning")), always: true },
    {
      what: "a lifecycle rule that expires old versions, or deleted objects are kept and paid for without end",
      on: rules.some(
        ({ enabled, noncurrentVersionExpiration }) => isOn(enabled) && noncurrentVersionExpiration !== undefined,
      ),
      always: true,
    },
    {
      what: "no lifecycle rule that deletes live objects",
      on: rules.every(({ expiration }) => expiration === undefined),
      always: true,
    },
  ];
}

/** A value that is made on every run must be kept as it was first made. One that follows from other resources changes with them. */
function guardsOfSecret(secret: RecordedResource, resources: Resources): Guard[] {
  const follows = resources.some(
    ({ urn, type }) => secret.dependsOn.includes(urn) && (type === SECRET || type.startsWith("linode:")),
  );
  const [data] = objectsIn(at(secret, "data"));
  return [
    { what: "a value", on: data !== undefined && Object.keys(data).length > 0, always: true },
    {
      what: "ignoreChanges of its generated value",
      on: follows || secret.ignoreChanges.includes("data"),
      always: true,
    },
  ];
}

/** How often Aiven, who runs the server, stores the log: https://aiven.io/docs/products/postgresql/concepts/pg-backups (2026-11-28). */
const MINUTES_BETWEEN_LOGS = 5;

export function retentionsOf(resources: Resources): Retention[] {
  return [
    ...ofType(resources, DATABASE).map((each): Retention => ({
      name: nameOf(each),
      of: "point-in-time recovery",
      days: DATABASE_BACKUP_DAYS,
      lossMinutes: MINUTES_BETWEEN_LOGS,
    })),
    ...ofType(resources, BUCKET).flatMap((bucket) =>
      objectsIn(at(bucket, "lifecycleRules"))
        .flatMap(({ noncurrentVersionExpiration }) => objectsIn(noncurrentVersionExpiration))
        .map(({ days }): Retention => ({ name: nameOf(bucket), of: "old versions", days: numberOf(days) ?? 0 })),
    ),
  ];
}

export function entrancesOf(resources: Resources): Entrance[] {
  return [
    ...ofType(resources, CLUSTER).map((each): Entrance => ({
      to: nameOf(each),
      kind: "kubernetes-api",
      from: isOn(at(each, "controlPlane.acl.enabled"))
        ? objectsIn(at(each, "controlPlane.acl.addresses")).flatMap(({ ipv4s, ipv6s }) => [
            ...textsOf(ipv4s),
            ...textsOf(ipv6s),
          ])
        : [ANYONE],
      by: "controlPlane.acl",
    })),
    ...ofType(resources, DATABASE).map((each): Entrance => ({
      to: nameOf(each),
      kind: "database",
      from: textsOf(at(each, "allowLists")),
      by: "allowLists",
    })),
    ...ofType(resources, BUCKET).flatMap((each): Entrance[] => [
      { to: nameOf(each), kind: "other", from: at(each, "acl") === "private" ? [] : [ANYONE], by: "acl" },
      { to: nameOf(each), kind: "other", from: isOn(at(each, "corsEnabled")) ? [ANYONE] : [], by: "corsEnabled" },
    ]),
  ];
}
