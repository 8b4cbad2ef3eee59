import { backupRules } from "./backup-rules.ts";
import { cdnRules } from "./cdn-rules.ts";
import { certificateRules } from "./certificate-rules.ts";
import { kubernetesVersions } from "./catalogue/kubernetes.ts";
import { findMachineType, refusedTypes, regions } from "./catalogue/machine-types.ts";
import { postgresVersions } from "./catalogue/postgres.ts";
import { type Cloud, cloudFacts, clouds } from "./clouds.ts";
import { postgresClassFor, postgresIsInCluster } from "./database.ts";
import type { Fault } from "./faults.ts";
import { modelRules } from "./model-rules.ts";
import { bucketName, MAX_BUCKET_NAME } from "./names.ts";
import { networkRules } from "./network-rules.ts";
import type { Pool, PoolShape } from "./pool-schema.ts";
import { machinesFor } from "./pools.ts";
import { nothingProtectedIsSingle } from "./protection-rules.ts";
import { registryRules } from "./registry-rules.ts";
import { restoreRules } from "./restore-rules.ts";
import type { Parts, Rule } from "./rule.ts";
import { storageRules } from "./storage-rules.ts";

/** The region, where there are any and it is one of the catalogue's: what stands in a region is judged only then. */
function knownRegion({ cloud, region }: Pick<Parts, "cloud" | "region">): string | undefined {
  return regions[cloud].some((known) => known === region) ? region : undefined;
}

const regionIsKnown: Rule = (parts) => {
  const { cloud, region } = parts;
  if (region === undefined || knownRegion(parts) !== undefined) return [];
  const rule = `must be a region of ${cloud} in the catalogue: ${regions[cloud].join(", ")}. Take one, or add its rows to platform/catalogue/machine-types.ts.`;
  return [{ path: "region", value: region, rule }];
};

const kubernetesIsSupported: Rule = ({ cloud, kubernetes }) => {
  if (!kubernetes || kubernetesVersions[cloud].includes(kubernetes.version)) return [];
  const rule = unsupported(cloud, "Kubernetes", kubernetesVersions);
  return [{ path: "kubernetes.version", value: kubernetes.version, rule }];
};

const poolsCanBeMade: Rule = ({ pools = {}, ...place }) =>
  Object.entries(pools).flatMap(([name, pool]) => [
    ...purposeFaults(name, pool),
    ...shapeFaults(place, name, pool),
    ...generationFaults(place, name, pool),
    ...(pool.retiring ? shapeFaults(place, `${name}.retiring`, pool.retiring) : []),
  ]);

const shapeFaults = (place: Pick<Parts, "cloud" | "region" | "zones">, name: string, shape: PoolShape): Fault[] => [
  ...zoneFaults(place, name, shape),
  ...machineFaults(place, name, shape),
];

function generationFaults({ cloud }: Pick<Parts, "cloud">, name: string, pool: Pool): Fault[] {
  const { generation = 1, retiring, drained } = pool;
  const [key] = (["drained", "retiring", "generation"] as const).filter((each) => pool[each] !== undefined);
  if (key && cloudFacts[cloud].nodes === "declared") {
    const rule = `has no meaning on ${cloud}: its nodes are there already. Remove it.`;
    return [{ path: `pools.${name}.${key}`, rule }];
  }
  if (drained && drained.generation >= generation) {
    const rule = `must be less than ${generation}, the generation that stands. Only 'promptops pools drain' writes it: restore it.`;
    return [{ path: `pools.${name}.drained.generation`, value: drained.generation, rule }];
  }
  if (!retiring || generation > 1) return [];
  const rule = "must be at least 2 where 'retiring' says what the generation before it was. Raise it by one.";
  return [{ path: `pools.${name}.generation`, value: generation, rule }];
}

const postgresRunsSomewhere: Rule = ({ cloud, database }) => {
  if (database?.inCluster === undefined || database.inCluster || cloudFacts[cloud].managedPostgres) return [];
  return [
    { path: "database.inCluster", value: false, rule: `must be true on ${cloud}, which runs no Postgres. Remove it.` },
  ];
};

/** Pods may only open the port that the server answers on, and a plan cannot know one that the cloud assigns. */
const postgresPortIsKnown: Rule = ({ cloud, database }) => {
  if (!database) return [];
  const { managedPostgres } = cloudFacts[cloud];
  const assigned = !postgresIsInCluster({ cloud, database }) && managedPostgres && managedPostgres.port === "assigned";
  const { port } = database;
  if (assigned === (port !== undefined)) return [];
  const rule = assigned
    ? `is missing: ${cloud} assigns the port of its Postgres. Write any port for the first 'pulumi up', then what 'pulumi stack output databasePort' prints.`
    : "has no meaning here: Postgres listens on 5432. Remove it.";
  return [{ path: "database.port", ...(port !== undefined && { value: port }), rule }];
};

const postgresIsSupported: Rule = ({ cloud, database }) => {
  if (!database || postgresVersions[cloud].includes(database.version)) return [];
  const rule = unsupported(cloud, "Postgres", postgresVersions);
  return [{ path: "database.version", value: database.version, rule }];
};

const finalSnapshotCanBeTaken: Rule = ({ cloud, teardown }) => {
  const { managedPostgres } = cloudFacts[cloud];
  if (teardown?.finalSnapshot === undefined || (managedPostgres && managedPostgres.finalSnapshot)) return [];
  const rule = `cannot be taken on ${cloud}. Dump the database first, and remove it.`;
  return [{ path: "teardown.finalSnapshot", value: teardown.finalSnapshot, rule }];
};

const replicasAreInZones: Rule = ({ zones, database }) =>
  zones ? unknownZones("database.readReplicas", database?.readReplicas ?? [], zones) : [];

const postgresFitsAClass: Rule = ({ cloud, database }) => {
  if (!database || postgresIsInCluster({ cloud, database }) || postgresClassFor({ cloud, database })) return [];
  const rule = `fits no instance class of the catalogue on ${cloud}, with ${database.storage} of storage. Ask for less, or add a row to platform/catalogue/postgres.ts.`;
  return [{ path: "database.needs", value: database.needs, rule }];
};

/** Names that no certificate authority of the internet signs: RFC 2606, RFC 6761, RFC 6762 and .internal. */
const RESERVED = /\.(localhost|local|test|invalid|example|internal|arpa)$/;
const domainIsPublic: Rule = ({ cloud, domain = "" }) => {
  if (cloudFacts[cloud].nodes === "declared" || !RESERVED.test(domain)) return [];
  const rule = "is reserved, so no authority issues a certificate for it. Use a domain that you own.";
  return [{ path: "domain", value: domain, rule }];
};

const rehearsesAnother: Rule = ({ name, rehearses }) => {
  if (rehearses === undefined || rehearses !== name) return [];
  const rule = "must name another environment: one that rehearses itself proves nothing. Correct or remove it.";
  return [{ path: "rehearses", value: rehearses, rule }];
};

/** The bucket's name is made of the environment's and, where there are no accounts, of the domain. */
const bucketNameIsShort: Rule = ({ name = "", cloud, domain, account }) => {
  if (domain === undefined || account !== undefined || !cloudFacts[cloud].objectStorage) return [];
  const bucket = bucketName({ name, domain }, "backups");
  if (bucket.length <= MAX_BUCKET_NAME) return [];
  const rule = `is in the name of the bucket ${bucket}, which may have ${MAX_BUCKET_NAME} characters. Shorten it by ${bucket.length - MAX_BUCKET_NAME}.`;
  return [{ path: "domain", value: domain, rule }];
};

export const environmentRules: readonly Rule[] = [
  regionIsKnown,
  kubernetesIsSupported,
  poolsCanBeMade,
  postgresRunsSomewhere,
  postgresPortIsKnown,
  postgresIsSupported,
  postgresFitsAClass,
  replicasAreInZones,
  finalSnapshotCanBeTaken,
  bucketNameIsShort,
  domainIsPublic,
  rehearsesAnother,
  nothingProtectedIsSingle,
  ...modelRules,
  ...networkRules,
  ...storageRules,
  ...backupRules,
  ...certificateRules,
  ...cdnRules,
  ...registryRules,
  ...restoreRules,
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

function zoneFaults({ zones }: Pick<Parts, "zones">, name: string, pool: PoolShape): Fault[] {
  // Without zones, how many of them a pool spreads over is a preference that falls back.
  if (!zones) return [];
  const used = pool.zones ?? zones;
  const unknown = unknownZones(`pools.${name}.zones`, used, zones);
  if (unknown.length > 0 || pool.nodes.min >= used.length) return unknown;
  const rule = `must allow a node in each of the pool's zones (${used.length}). Raise it, or name fewer in 'zones'.`;
  return [{ path: `pools.${name}.nodes.min`, value: pool.nodes.min, rule }];
}

function unknownZones(path: string, used: readonly string[], zones: readonly string[]): Fault[] {
  const rule = `must be one of the environment's zones: ${zones.join(", ")}. Correct it, or add it to 'zones'.`;
  return used.filter((zone) => !zones.includes(zone)).map((value) => ({ path, value, rule }));
}

function machineFaults(place: Pick<Parts, "cloud" | "region">, name: string, pool: PoolShape): Fault[] {
  const { cloud } = place;
  if (cloudFacts[cloud].nodes === "declared") return declarationFaults(cloud, name, pool);
  const region = knownRegion(place);
  if (region === undefined || machinesFor({ cloud, region }, pool).length > 0) return [];
  const where = ` in ${region}`;
  const catalogue = "platform/catalogue/machine-types.ts";
  const reason = refusedTypes.get(pool.type ?? "");
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

/** Where the program does not create nodes, a pool says which exist. */
function declarationFaults(cloud: Cloud, name: string, { type, nodes }: PoolShape): Fault[] {
  const faults: Fault[] = [];
  if (type !== undefined) {
    const rule = `must be absent on ${cloud}: its nodes are there already. Say what they have in 'needs'.`;
    faults.push({ path: `pools.${name}.type`, value: type, rule });
  }
  if (nodes.min !== nodes.max) {
    const rule = `must have 'min' equal to 'max' on ${cloud}: nothing adds nodes there. Write the number of nodes.`;
    faults.push({ path: `pools.${name}.nodes`, value: nodes, rule });
  }
  return faults;
}
