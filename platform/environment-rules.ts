import { overlaps, parseBlock } from "./addresses.ts";
import { cloudnativePgImages } from "./catalogue/addons.ts";
import { kubernetesVersions } from "./catalogue/kubernetes.ts";
import { findMachineType, refusedTypes, regions } from "./catalogue/machine-types.ts";
import { postgresVersions } from "./catalogue/postgres.ts";
import { capabilities, type Capabilities, clouds, type Cloud } from "./clouds.ts";
import { postgresClassFor, postgresIsInCluster } from "./database.ts";
import type { Environment, Pool } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { misfit } from "./inference.ts";
import { bucketName, LONGEST_BUCKET_NAME } from "./names.ts";
import { machinesFor } from "./pools.ts";
import { bytes } from "./quantity.ts";

/** Paths are those below `promptops:`. `parts` are the keys that are sound by themselves, `written` all that the file has. */
type Rule = (parts: Readonly<Partial<Environment>>, written: ReadonlySet<string>) => Fault[];

/** Addresses of Services in EKS clusters: stated, so that the network can be held apart from it. */
export const SERVICE_CIDR = "172.20.0.0/16";

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html, gp3 for PostgreSQL. */
const LEAST_MANAGED_STORAGE = "20Gi";

/** The keys that say where on a cloud an environment stands, and the capability that gives each a meaning. */
export const placeKeys = {
  account: "accounts",
  region: "provisionsNodes",
  zones: "zones",
  network: "ownNetwork",
} as const satisfies Readonly<Record<string, keyof Capabilities>>;

const belongsToTheCloud: Rule = ({ cloud }, written) => {
  if (!cloud) return [];
  return Object.entries(placeKeys).flatMap(([path, capability]) => {
    const has = capabilities[cloud][capability];
    if (written.has(path) === has) return [];
    const rule = has ? `is missing, and ${cloud} needs it. Add it.` : `has no meaning on ${cloud}. Remove it.`;
    return [{ path, rule }];
  });
};

/** The region, where there are any and it is one of the catalogue's: what stands in a region is judged only then. */
function knownRegion({ cloud, region }: Partial<Environment>): string | undefined {
  return cloud !== undefined && regions[cloud].some((known) => known === region) ? region : undefined;
}

const regionIsKnown: Rule = (parts) => {
  const { cloud, region } = parts;
  const judged = cloud !== undefined && capabilities[cloud].provisionsNodes && region !== undefined;
  if (!judged || knownRegion(parts) !== undefined) return [];
  const rule = `must be a region of ${cloud} in the catalogue: ${regions[cloud].join(", ")}. Take one, or add its rows to platform/catalogue/machine-types.ts.`;
  return [{ path: "region", value: region, rule }];
};

const zonesAreOfTheRegion: Rule = ({ zones = [], ...place }) => {
  const region = knownRegion(place);
  if (region === undefined || place.cloud === undefined || !capabilities[place.cloud].zones) return [];
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
  if (!cloud || !kubernetes) return [];
  const { provisionsNodes, accounts } = capabilities[cloud];
  const unless = {
    access: { holds: provisionsNodes, rule: "belongs to a control plane that we make. Remove it." },
    administrators: { holds: accounts, rule: `names roles of a cloud account, and ${cloud} has none. Remove it.` },
  };
  return (["access", "administrators"] as const)
    .filter((key) => kubernetes[key] !== undefined && !unless[key].holds)
    .map((key) => ({ path: `kubernetes.${key}`, value: kubernetes[key], rule: unless[key].rule }));
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

const postgresRunsSomewhere: Rule = ({ cloud, database }) => {
  if (!cloud || database?.inCluster === undefined) return [];
  const path = "database.inCluster";
  if (!database.inCluster && !capabilities[cloud].managedPostgres) {
    return [{ path, value: false, rule: `must be true on ${cloud}, which runs no Postgres. Remove it.` }];
  }
  if (!database.inCluster || database.version in cloudnativePgImages) return [];
  const rule = `needs an image of Postgres ${database.version}: there are ${Object.keys(cloudnativePgImages).join(", ")}. Take one of them.`;
  return [{ path, value: true, rule }];
};

const postgresIsSupported: Rule = ({ cloud, database }) => {
  if (!cloud || !database || postgresVersions[cloud].includes(database.version)) return [];
  const rule = unsupported(cloud, "Postgres", postgresVersions);
  return [{ path: "database.version", value: database.version, rule }];
};

const postgresFitsAClass: Rule = ({ cloud, database }) => {
  if (!cloud || !database || postgresIsInCluster({ cloud, database }) || postgresClassFor({ cloud, database }))
    return [];
  const rule = `fits no instance class of the catalogue on ${cloud}. Ask for less, or add a row to platform/catalogue/postgres.ts.`;
  return [{ path: "database.needs", value: database.needs, rule }];
};

const storageIsLargeEnough: Rule = ({ cloud, database }) => {
  if (!cloud || !database || postgresIsInCluster({ cloud, database })) return [];
  if (bytes(database.storage) >= bytes(LEAST_MANAGED_STORAGE)) return [];
  const rule = `must be at least ${LEAST_MANAGED_STORAGE}, which RDS' smallest gp3 volume has. Raise it.`;
  return [{ path: "database.storage", value: database.storage, rule }];
};

const modelsCanBeHosted: Rule = (parts) =>
  (parts.models ?? []).flatMap((entry, index) => {
    const reason = entry.hosted ? misfit(entry, parts) : undefined;
    return reason === undefined ? [] : [{ path: `models.${index}.name`, value: entry.name, rule: reason }];
  });

/** The bucket's name is made of the environment's and, where there are no accounts, of the domain. */
const bucketNameIsShort: Rule = ({ name = "", cloud, domain, account }) => {
  if (!cloud || domain === undefined || account !== undefined || !capabilities[cloud].objectStorage) return [];
  const bucket = bucketName({ name, domain }, "backups");
  if (bucket.length <= LONGEST_BUCKET_NAME) return [];
  const rule = `is in the name of the bucket ${bucket}, which may have ${LONGEST_BUCKET_NAME} characters. Shorten it by ${bucket.length - LONGEST_BUCKET_NAME}.`;
  return [{ path: "domain", value: domain, rule }];
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
  postgresRunsSomewhere,
  postgresIsSupported,
  postgresFitsAClass,
  storageIsLargeEnough,
  bucketNameIsShort,
  modelsCanBeHosted,
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

function zoneFaults({ cloud, zones }: Partial<Environment>, name: string, pool: Pool): Fault[] {
  // Where the cloud has none, how many zones a pool spreads over is a wish, and degrades.
  if (!zones || !cloud || !capabilities[cloud].zones) return [];
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
  const reason = refusedTypes[pool.type ?? ""];
  if (reason !== undefined) return [{ path: `pools.${name}.type`, value: pool.type, rule: `${reason}.` }];
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
