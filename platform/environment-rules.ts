import { overlaps, parseBlock } from "./addresses.ts";
import { kubernetesVersions } from "./catalogue/kubernetes.ts";
import { regions } from "./catalogue/machine-types.ts";
import { postgresVersions } from "./catalogue/postgres.ts";
import { capabilities, clouds, type Cloud, type Degradation } from "./clouds.ts";
import { postgresClassFor } from "./database.ts";
import type { Environment, Pool } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { machinesFor } from "./pools.ts";

/** A fault without its namespace: the path below `promptops:`. */
type Rule = (parts: Readonly<Partial<Environment>>) => Fault[];

/** Addresses of Services in EKS clusters: stated, so that the network can be held apart from it. */
export const SERVICE_CIDR = "172.20.0.0/16";

/**
 * What must hold between the keys of an environment. Each rule looks at the parts that are sound by themselves and is
 * silent where one of its own is missing: that is reported already.
 */
export const environmentRules: readonly Rule[] = [
  ({ cloud, account, region, network }) => {
    if (!cloud) return [];
    const keys = Object.entries({ account, region, network });
    if (capabilities[cloud].provisionsNodes) {
      return keys
        .filter(([, value]) => value === undefined)
        .map(([path]) => ({ path, rule: `is missing, and ${cloud} needs it. Add it.` }));
    }
    return keys
      .filter(([, value]) => value !== undefined)
      .map(([path, value]) => ({ path, value, rule: `has no meaning on ${cloud}, where the cluster is there already. Remove it.` }));
  },
  ({ cloud, region }) =>
    cloud === "aws" && region && !regions.some((known) => known === region)
      ? [{ path: "region", value: region, rule: `must be a region of the catalogue: ${regions.join(", ")}. Take one, or add its rows to platform/catalogue/machine-types.ts.` }]
      : [],
  ({ region, zones = [] }) =>
    zones.flatMap((zone, index) =>
      region && !new RegExp(`^${region}[a-z]$`).test(zone)
        ? [{ path: `zones.${index}`, value: zone, rule: `must be a zone of the region ${region}, like ${region}a. Correct it or the region.` }]
        : [],
    ),
  ({ cloud, kubernetes }) =>
    cloud && kubernetes && !kubernetesVersions[cloud].includes(kubernetes.version)
      ? [{ path: "kubernetes.version", value: kubernetes.version, rule: unsupported(cloud, "Kubernetes", kubernetesVersions) }]
      : [],
  ({ cloud, kubernetes }) =>
    cloud === "aws" || !kubernetes
      ? []
      : (["access", "administrators"] as const)
          .filter((key) => kubernetes[key] !== undefined)
          .map((key) => ({ path: `kubernetes.${key}`, value: kubernetes[key], rule: "belongs to a control plane that we make. Remove it." })),
  ({ network }) => {
    const [own, services] = [parseBlock(network?.cidr ?? ""), parseBlock(SERVICE_CIDR)];
    return own && services && overlaps(own, services)
      ? [{ path: "network.cidr", value: network?.cidr, rule: `must not overlap ${SERVICE_CIDR}, the addresses of Services. Take another block.` }]
      : [];
  },
  ({ pools = {}, ...parts }) => Object.entries(pools).flatMap(([name, pool]) => poolFaults(parts, name, pool)),
  ({ cloud, database }) =>
    cloud && database && !postgresVersions[cloud].includes(database.version)
      ? [{ path: "database.version", value: database.version, rule: unsupported(cloud, "Postgres", postgresVersions) }]
      : [],
  ({ cloud, database }) =>
    cloud && database && capabilities[cloud].managedPostgres && !postgresClassFor(database)
      ? [{ path: "database.needs", value: database.needs, rule: "fits no instance class of the catalogue. Ask for less, or add a row to platform/catalogue/postgres.ts." }]
      : [],
];

function unsupported(cloud: Cloud, what: string, versions: Readonly<Record<Cloud, readonly string[]>>): string {
  const elsewhere = clouds.filter((other) => other !== cloud).map((other) => `${other}: ${versions[other].join(", ")}`);
  return `must be a ${what} version that ${cloud} runs: ${versions[cloud].join(", ")} (${elsewhere.join("; ")}). Take one of them.`;
}

function poolFaults({ cloud, region, zones }: Partial<Environment>, name: string, pool: Pool): Fault[] {
  const at = `pools.${name}`;
  const faults: Fault[] = [];
  if (name === "application" && (pool.dedicated || (pool.needs?.gpus ?? 0) > 0)) {
    faults.push({ path: at, rule: "must take any pod: the services, and what has no pool of its own, run there. Remove 'dedicated' and GPUs." });
  }
  if (zones) {
    const spread = pool.zones ?? zones.length;
    if (spread > zones.length) {
      faults.push({ path: `${at}.zones`, value: pool.zones, rule: `must not exceed the environment's zones (${zones.length}). Lower it or name more zones.` });
    } else if (pool.nodes.min < spread) {
      faults.push({ path: `${at}.nodes.min`, value: pool.nodes.min, rule: `must allow a node in each of the pool's zones (${spread}). Raise it, or set 'zones' lower.` });
    }
  }
  if (cloud) faults.push(...machineFaults({ cloud, ...(region && { region }) }, at, pool));
  return faults;
}

function machineFaults(place: Pick<Environment, "cloud" | "region">, at: string, pool: Pool): Fault[] {
  if (!capabilities[place.cloud].provisionsNodes) {
    const faults: Fault[] = [];
    if (pool.type !== undefined) {
      faults.push({ path: `${at}.type`, value: pool.type, rule: `must be absent on ${place.cloud}: its nodes are there already. Say what they have in 'needs'.` });
    }
    if (pool.nodes.min !== pool.nodes.max) {
      faults.push({ path: `${at}.nodes`, value: pool.nodes, rule: `must have 'min' equal to 'max' on ${place.cloud}: nobody adds nodes there. Write how many there are.` });
    }
    return faults;
  }
  if (machinesFor(place, pool).length > 0) return [];
  const where = place.region ? ` in ${place.region}` : "";
  return pool.type === undefined
    ? [{ path: `${at}.needs`, value: pool.needs, rule: `fits no machine type of the catalogue${where}. Ask for less, or add a row to platform/catalogue/machine-types.ts.` }]
    : [{ path: `${at}.type`, value: pool.type, rule: `must be a machine type that the catalogue has${where}. Take one from platform/catalogue/machine-types.ts, or state 'needs'.` }];
}

/** The environment's wishes that its cloud cannot grant, each with what stands in. */
export function degradations({ cloud, pools, database }: Environment): Degradation[] {
  const { spot, managedPostgres, keyManagement, objectStorage } = capabilities[cloud];
  const found: Degradation[] = [];
  for (const [name, pool] of Object.entries(pools)) {
    if (pool.spot && !spot) found.push({ wish: `pool ${name}: spot nodes`, standIn: `${cloud} has no spot market: the declared nodes` });
  }
  if (!managedPostgres) {
    found.push({ wish: "managed Postgres", standIn: "one Postgres server in the cluster, on a persistent volume" });
    if (database.standby) found.push({ wish: "Postgres standby in another zone", standIn: "none: the server's pod is restarted" });
    if (database.readReplicas) found.push({ wish: `${database.readReplicas} read replicas`, standIn: "none: reads go to the server" });
  }
  if (!keyManagement) found.push({ wish: "keys of our own for encryption at rest", standIn: "whatever the cluster's owner encrypts" });
  if (!objectStorage) found.push({ wish: "backups to object storage", standIn: "none: what is on a local cluster can be lost" });
  return found;
}
