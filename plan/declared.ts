import { databaseCopyTiers } from "../platform/backup-tiers.ts";
import {
  bucketName,
  clusterName,
  hostName,
  namespaces,
  renderedBranch,
  repositoryName,
  servingDatabase,
} from "../platform/names.ts";
import { cdnOf } from "../platform/cdn.ts";
import { factsOf, type ManagedPostgres } from "../platform/clouds.ts";
import { DEFAULT_RECOVERY_DAYS, postgresClassFor, postgresIsInCluster } from "../platform/database.ts";
import { administratorsOf, type Environment, regionOf, standbyRegionOf, zonesOf } from "../platform/environment.ts";
import { hostedModels } from "../platform/inference.ts";
import { type InstalledAddon, podsOf } from "../platform/installed-addons.ts";
import { GENERATION_LABEL, resolvePools, standingPools } from "../platform/pools.ts";
import { bytes } from "../platform/quantity.ts";
import { replicasIn } from "../platform/replicas.ts";
import { type Service, usesObjects } from "../platform/service.ts";
import type { Labels } from "./model/kubernetes.ts";
import type { NodeGroup, NodeTaint } from "./model/nodes.ts";
import type { DeclaredCloud, DeclaredRight, DeclaredValue } from "./model/declared.ts";

export interface Described {
  readonly environment: Environment;
  readonly services: readonly Service[];
  readonly installed: readonly InstalledAddon[];
}

/** What an environment declares of its cloud. */
export function declaredCloud(described: Described): DeclaredCloud {
  const { environment } = described;
  const { encryptionKeys, nodes, podIdentity } = factsOf(environment);
  const managed = managedPostgresOf(environment);
  return {
    ...placeOf(environment),
    protect: environment.protect,
    ownKeys: encryptionKeys === "own",
    publicDatabase: managed?.address === "public",
    recoveryDays: managed && recoveryDaysOf(environment, managed),
    database: managed && servingDatabase(environment),
    databaseCopies: managed?.vault ? databaseCopyTiers : [],
    standbyRegion: standbyRegionOf(environment),
    provisioned: nodes === "provisioned",
    cluster: clusterName(environment),
    cdn: cdnOf(environment),
    ...bucketsOf(described),
    rights: podIdentity === false ? [] : rightsOf(described),
    values: [
      ...(nodes === "provisioned" ? cloudValues(described) : []),
      ...poolValues(environment),
      ...replicaValues(described),
      ...gitopsValues(environment),
    ],
  };
}

/** The managed server; undefined where Postgres runs in the cluster. */
const managedPostgresOf = (environment: Environment): ManagedPostgres | undefined =>
  postgresIsInCluster(environment) ? undefined : factsOf(environment).managedPostgres || undefined;

/** Keys that not every cloud has. */
function placeOf(environment: Environment): Pick<DeclaredCloud, "account" | "region" | "network" | "zones" | "access"> {
  const { kubernetes } = environment;
  return {
    account: "account" in environment ? environment.account : undefined,
    region: regionOf(environment),
    network: "network" in environment ? environment.network.cidr : undefined,
    zones: zonesOf(environment),
    access: "access" in kubernetes ? kubernetes.access : [],
  };
}

/** Where the cloud does not let us choose, other days are a fallback, and shown as one. */
const recoveryDaysOf = ({ database }: Environment, managed: ManagedPostgres): number =>
  managed.recoveryDays ?? database.pointInTimeRecoveryDays ?? DEFAULT_RECOVERY_DAYS;

function bucketsOf({ environment, services }: Described): Pick<DeclaredCloud, "backups" | "objects"> {
  if (factsOf(environment).objectStorage === false) return { backups: undefined, objects: undefined };
  const objects = services.some(usesObjects) ? bucketName(environment, "objects") : undefined;
  return { backups: bucketName(environment, "backups"), objects };
}

const rightsOf = ({ environment, installed, services }: Described): DeclaredRight[] => [
  ...installed.flatMap((each) => addonRights(environment, each)),
  ...services.filter(usesObjects).map(objectRight),
];

function addonRights(environment: Environment, { addon, context }: InstalledAddon): DeclaredRight[] {
  const onCloud = addon.delivery.by === "cloud" ? addon.delivery.on[environment.cloud] : undefined;
  const { identity } = onCloud ?? {};
  return [
    ...(addon.rights?.(context) ?? []).map(({ group, serviceAccount, may }) => ({
      account: { namespace: podsOf(addon, group).namespace, name: serviceAccount },
      may: [may],
    })),
    ...(identity
      ? [
          {
            account: { namespace: addon.namespace.name, name: identity.serviceAccount },
            may: [identity.managedPolicy, ...(identity.extra ? [identity.extra] : [])],
          },
        ]
      : []),
  ];
}

const objectRight = ({ name }: Service): DeclaredRight => ({
  account: { namespace: namespaces.application, name },
  may: ["use-objects"],
});

const valuesOf = (values: Readonly<Record<string, string | number | boolean | undefined>>): DeclaredValue[] =>
  Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: String(value) }]));

function cloudValues({ environment, services }: Described): DeclaredValue[] {
  const { kubernetes } = environment;
  const { account, region, network } = placeOf(environment);
  const { endpoints = [] } = "network" in environment ? environment.network : {};
  return valuesOf({
    "kubernetes.version": kubernetes.version,
    "kubernetes.administrators": "deployer" in kubernetes ? listed(administratorsOf(kubernetes)) : undefined,
    domain: environment.domain,
    region,
    account,
    "network.cidr": network,
    registry:
      "registry" in environment ? listed(services.map(({ name }) => repositoryName(environment, name))) : undefined,
    "network.endpoints": endpoints.length > 0 ? listed(endpoints) : undefined,
    ...cdnValues(environment, services),
    ...databaseValues(environment),
  });
}

function cdnValues(
  environment: Environment,
  services: readonly Service[],
): Record<string, string | number | boolean | undefined> {
  const cdn = cdnOf(environment);
  if (!cdn) return {};
  const hosts = services.flatMap(({ exposed }) => (exposed ? [hostName(environment, exposed.host)] : []));
  return { "cdn.clientRate": cdn.clientRate, "cdn.shieldAdvanced": cdn.shieldAdvanced, "cdn hosts": listed(hosts) };
}

function databaseValues(environment: Environment): Record<string, string | number | boolean | undefined> {
  const { database } = environment;
  const managed = managedPostgresOf(environment);
  const row = postgresClassFor(environment);
  if (!managed || !row) return {};
  return {
    "database.version": database.version,
    "database.needs": row.name,
    "database.standby": database.standby ?? false,
    "database.readReplicas": managed.readReplicas ? (database.readReplicas ?? []).length : undefined,
    "database.storage": row.storageGiB === undefined ? Math.ceil(bytes(database.storage) / 2 ** 30) : undefined,
    "database.pointInTimeRecoveryDays":
      managed.recoveryDays === undefined ? recoveryDaysOf(environment, managed) : undefined,
  };
}

function poolValues(environment: Environment): DeclaredValue[] {
  const provisioned = factsOf(environment).nodes === "provisioned";
  const retiring = resolvePools(environment).filter((pool) => pool.retiring);
  const standing = standingPools(environment).flatMap(({ name, machines: [machine, ...others], shares, taints }) => {
    const onSpot = shares.find(({ spot }) => spot);
    const onDemand = shares.find(({ spot }) => !spot);
    return valuesOf({
      [`pools.${name}.nodes`]: `${sumOf(shares, "min")} to ${sumOf(shares, "max")}`,
      [`pools.${name}.spot`]: sumOf(
        shares.filter(({ spot }) => spot),
        "max",
      ),
      [`pools.${name}.zones`]: listed(shares.flatMap(({ zone }) => zone ?? [])),
      [`pools.${name}.dedicated`]: listedTaints(taints),
      [`pools.${name}.labels`]: onDemand && listedLabels(onDemand.labels),
      [`pools.${name}.spot labels`]: onSpot && listedLabels(onSpot.labels),
      [`pools.${name}.needs`]: provisioned && onDemand ? machine.name : undefined,
      [`pools.${name}.spot needs`]:
        provisioned && onSpot ? listed([machine, ...others].map((each) => each.name)) : undefined,
    });
  });
  return [
    ...standing,
    ...retiring.flatMap(({ name, shares }) => valuesOf({ [`pools.${name}.retiring`]: listedNodes(shares) })),
  ];
}

/** Which generation they are of, how many there may be, and where. */
export function listedNodes(shares: readonly Pick<NodeGroup, "labels" | "max" | "zone">[]): string {
  const generations = listed(shares.map(({ labels }) => labels[GENERATION_LABEL] ?? "none"));
  const zones = listed(shares.flatMap(({ zone }) => zone ?? []));
  return `generation ${generations}, up to ${shares.reduce((sum, { max }) => sum + max, 0)} nodes${zones === "" ? "" : ` in ${zones}`}`;
}

/** As Kubernetes writes them, in order. */
export const listedTaints = (taints: readonly NodeTaint[]): string =>
  listed(taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`));

/** Those that an environment chooses: Kubernetes and the cloud set the rest. */
export const listedLabels = (labels: Labels): string =>
  listed(
    Object.entries(labels)
      .filter(([key]) => !/(^|\.)kubernetes\.io\//.test(key))
      .map(([key, value]) => `${key}=${value}`),
  );

export const sumOf = (parts: readonly { readonly min: number; readonly max: number }[], bound: "min" | "max"): number =>
  parts.reduce((sum, part) => sum + part[bound], 0);

/** Each name once, in order. */
export const listed = (names: readonly string[]): string => [...new Set(names)].toSorted().join(", ");

function replicaValues({ environment, services, installed }: Described): DeclaredValue[] {
  const addons = installed.map(({ addon }) => addon);
  const ours = services.map((service) => ({
    key: `services.${service.name}.replicas`,
    ...replicasIn(environment, service, addons),
  }));
  const models = hostedModels(environment, addons).map(({ name, replicas }) => ({
    key: `models.${name}.replicas`,
    ...replicas,
  }));
  return [...ours, ...models].map(({ key, min, max }) => ({ key, value: `${min} to ${max}` }));
}

function gitopsValues({ name, gitops }: Environment): DeclaredValue[] {
  return valuesOf({
    "gitops.repository": gitops.repository,
    "gitops.branch": renderedBranch({ name }),
    "gitops.automaticSync": gitops.automaticSync,
  });
}

export const REPLICAS_OF: Readonly<Record<string, string>> = {
  [namespaces.application]: "services",
  [namespaces.inference]: "models",
};
