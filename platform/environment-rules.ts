import { overlaps, parseBlock } from "./addresses.ts";
import { kubernetesVersions } from "./catalogue/kubernetes.ts";
import { findMachineType, regions } from "./catalogue/machine-types.ts";
import { postgresVersions } from "./catalogue/postgres.ts";
import { capabilities, clouds, type Cloud, type Degradation } from "./clouds.ts";
import { postgresClassFor } from "./database.ts";
import type { Environment, Pool } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { machinesFor } from "./pools.ts";
import { bytes } from "./quantity.ts";

/** Paths are those below `promptops:`. `parts` are the keys that are sound by themselves, `written` all that the file has. */
type Rule = (parts: Readonly<Partial<Environment>>, written: ReadonlySet<string>) => Fault[];

/** Addresses of Services in EKS clusters: stated, so that the network can be held apart from it. */
export const SERVICE_CIDR = "172.20.0.0/16";

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html, gp3 for PostgreSQL. */
const LEAST_MANAGED_STORAGE = "20Gi";

const belongsToTheCloud: Rule = ({ cloud }, written) => {
  if (!cloud) return [];
  const needed = capabilities[cloud].provisionsNodes;
  const rule = needed
    ? `is missing, and ${cloud} needs it. Add it.`
    : `has no meaning on ${cloud}, where the cluster is there already. Remove it.`;
  return ["account", "region", "network"].filter((key) => written.has(key) !== needed).map((path) => ({ path, rule }));
};

/** The region, where there are any and it is one of the catalogue's: what stands in a region is judged only then. */
function knownRegion({ cloud, region }: Partial<Environment>): string | undefined {
  const hasRegions = cloud !== undefined && capabilities[cloud].provisionsNodes;
  return hasRegions && regions.some((known) => known === region) ? region : undefined;
}

const regionIsKnown: Rule = (parts) => {
  const { cloud, region } = parts;
  const judged = cloud !== undefined && capabilities[cloud].provisionsNodes && region !== undefined;
  if (!judged || knownRegion(parts) !== undefined) return [];
  const rule = `must be a region of the catalogue: ${regions.join(", ")}. Take one, or add its rows to platform/catalogue/machine-types.ts.`;
  return [{ path: "region", value: region, rule }];
};

const zonesAreOfTheRegion: Rule = ({ zones = [], ...place }) => {
  const region = knownRegion(place);
  if (region === undefined) return [];
  const rule = `must be a zone of the region ${region}, like ${region}a. Correct it or the region.`;
  return zones.flatMap((zone, index) =>
    new RegExp(`^${region}[a-z]$`).test(zone) ? [] : [{ path: `zones.${index}`, value: zone, rule }],
  );
};

const kubernetesIsSupported: Rule = ({ cloud, kubernetes }) => {
  if (!cloud || !kubernetes || kubernetesVersions[cloud].includes(kubernetes.version)) return [];
  const rule = unsupported(cloud, "Kubernetes", kubernetesVersions);
  return [{ path: "kubernetes.version", value: kubernetes.version, rule }];
};

const controlPlaneIsOurs: Rule = ({ cloud, kubernetes }) => {
  if (!cloud || !kubernetes || capabilities[cloud].provisionsNodes) return [];
  const rule = "belongs to a control plane that we make. Remove it.";
  return (["access", "administrators"] as const)
    .filter((key) => kubernetes[key] !== undefined)
    .map((key) => ({ path: `kubernetes.${key}`, value: kubernetes[key], rule }));
};

const networkIsApartFromServices: Rule = ({ network }) => {
  const [own, services] = [parseBlock(network?.cidr ?? ""), parseBlock(SERVICE_CIDR)];
  if (!own || !services || !overlaps(own, services)) return [];
  const rule = `must not overlap ${SERVICE_CIDR}, the addresses of Services. Take another block.`;
  return [{ path: "network.cidr", value: network?.cidr, rule }];
};

const poolsCanBeMade: Rule = ({ pools = {}, ...place }) =>
  Object.entries(pools).flatMap(([name, pool]) => [
    ...purposeFaults(name, pool),
    ...zoneFaults(place, name, pool),
    ...machineFaults(place, name, pool),
  ]);

const postgresIsSupported: Rule = ({ cloud, database }) => {
  if (!cloud || !database || postgresVersions[cloud].includes(database.version)) return [];
  const rule = unsupported(cloud, "Postgres", postgresVersions);
  return [{ path: "database.version", value: database.version, rule }];
};

const postgresFitsAClass: Rule = ({ cloud, database }) => {
  if (!cloud || !database || !capabilities[cloud].managedPostgres || postgresClassFor(database)) return [];
  const rule = "fits no instance class of the catalogue. Ask for less, or add a row to platform/catalogue/postgres.ts.";
  return [{ path: "database.needs", value: database.needs, rule }];
};

const storageIsLargeEnough: Rule = ({ cloud, database }) => {
  if (!cloud || !database || !capabilities[cloud].managedPostgres) return [];
  if (bytes(database.storage) >= bytes(LEAST_MANAGED_STORAGE)) return [];
  const rule = `must be at least ${LEAST_MANAGED_STORAGE}: RDS makes no smaller gp3 volume. Raise it.`;
  return [{ path: "database.storage", value: database.storage, rule }];
};

/**
 * What must hold between the keys of an environment. Each rule looks at the parts that are sound by themselves and is
 * silent where one of its own is missing: that is reported already.
 */
export const environmentRules: readonly Rule[] = [
  belongsToTheCloud,
  regionIsKnown,
  zonesAreOfTheRegion,
  kubernetesIsSupported,
  controlPlaneIsOurs,
  networkIsApartFromServices,
  poolsCanBeMade,
  postgresIsSupported,
  postgresFitsAClass,
  storageIsLargeEnough,
];

function unsupported(cloud: Cloud, what: string, versions: Readonly<Record<Cloud, readonly string[]>>): string {
  const elsewhere = clouds.filter((other) => other !== cloud).map((other) => `${other}: ${versions[other].join(", ")}`);
  return `must be a ${what} version that ${cloud} runs: ${versions[cloud].join(", ")} (${elsewhere.join("; ")}). Take one of them.`;
}

function purposeFaults(name: string, pool: Pool): Fault[] {
  const gpus = pool.needs?.gpus ?? findMachineType(pool.type ?? "")?.gpus ?? 0;
  const takesAnyPod = !pool.dedicated && gpus === 0;
  if (name !== "application" || takesAnyPod) return [];
  const rule =
    "must take any pod: the services, and what has no pool of its own, run there. Remove 'dedicated' and GPUs.";
  return [{ path: `pools.${name}`, rule }];
}

function zoneFaults({ zones }: Partial<Environment>, name: string, pool: Pool): Fault[] {
  if (!zones) return [];
  const spread = pool.zones ?? zones.length;
  if (spread > zones.length) {
    const rule = `must not exceed the environment's zones (${zones.length}). Lower it or name more zones.`;
    return [{ path: `pools.${name}.zones`, value: pool.zones, rule }];
  }
  if (pool.nodes.min >= spread) return [];
  const rule = `must allow a node in each of the pool's zones (${spread}). Raise it, or set 'zones' lower.`;
  return [{ path: `pools.${name}.nodes.min`, value: pool.nodes.min, rule }];
}

function machineFaults(place: Partial<Environment>, name: string, pool: Pool): Fault[] {
  const { cloud } = place;
  if (!cloud) return [];
  if (!capabilities[cloud].provisionsNodes) return declarationFaults(cloud, name, pool);
  const region = knownRegion(place);
  if (region === undefined || machinesFor({ cloud, region }, pool).length > 0) return [];
  const where = ` in ${region}`;
  const catalogue = "platform/catalogue/machine-types.ts";
  return pool.type === undefined
    ? [
        {
          path: `pools.${name}.needs`,
          value: pool.needs,
          rule: `fits no machine type of the catalogue${where}. Ask for less, or add a row to ${catalogue}.`,
        },
      ]
    : [
        {
          path: `pools.${name}.type`,
          value: pool.type,
          rule: `must be a machine type that the catalogue has${where}. Take one from ${catalogue}, or state 'needs'.`,
        },
      ];
}

/** Where nodes are somebody else's, a pool says what is there. */
function declarationFaults(cloud: Cloud, name: string, { type, nodes }: Pool): Fault[] {
  const faults: Fault[] = [];
  if (type !== undefined) {
    const rule = `must be absent on ${cloud}: its nodes are there already. Say what they have in 'needs'.`;
    faults.push({ path: `pools.${name}.type`, value: type, rule });
  }
  if (nodes.min !== nodes.max) {
    const rule = `must have 'min' equal to 'max' on ${cloud}: nobody adds nodes there. Write how many there are.`;
    faults.push({ path: `pools.${name}.nodes`, value: nodes, rule });
  }
  return faults;
}

/** The environment's wishes that its cloud cannot grant, each with what stands in. */
export function degradations({ cloud, pools, database }: Environment): Degradation[] {
  const { spot, managedPostgres, keyManagement, objectStorage } = capabilities[cloud];
  const found: Degradation[] = [];
  for (const [name, pool] of Object.entries(pools)) {
    if (pool.spot && !spot)
      found.push({ wish: `pool ${name}: spot nodes`, standIn: `${cloud} has no spot market: the declared nodes` });
  }
  if (!managedPostgres) {
    found.push({ wish: "managed Postgres", standIn: "one Postgres server in the cluster, on a persistent volume" });
    if (database.standby)
      found.push({ wish: "Postgres standby in another zone", standIn: "none: the server's pod is restarted" });
    if (database.readReplicas)
      found.push({ wish: `${database.readReplicas} read replicas`, standIn: "none: reads go to the server" });
  }
  if (!keyManagement)
    found.push({ wish: "keys of our own for encryption at rest", standIn: "whatever the cluster's owner encrypts" });
  if (!objectStorage)
    found.push({ wish: "backups to object storage", standIn: "none: what is on a local cluster can be lost" });
  return found;
}
