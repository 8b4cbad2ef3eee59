import { capabilities, type Degradation } from "./clouds.ts";
import { hostedModels } from "./inference.ts";
import { postgresIsInCluster } from "./database.ts";
import type { Environment } from "./environment.ts";

/** The environment's wishes that its cloud cannot grant, each with what stands in. */
export function degradations(environment: Environment): Degradation[] {
  return [...poolWishes(environment), ...databaseWishes(environment), ...cloudWishes(environment)];
}

function poolWishes({ cloud, pools }: Environment): Degradation[] {
  const { spot, zones } = capabilities[cloud];
  return Object.entries(pools).flatMap(([name, pool]) => [
    ...(pool.spot && !spot
      ? [{ wish: `pool ${name}: spot nodes`, standIn: `${cloud} has no spot market: nodes on demand` }]
      : []),
    ...(pool.zones !== undefined && !zones
      ? [{ wish: `pool ${name}: ${pool.zones} zones`, standIn: `${cloud} shows no zones: spread over nodes alone` }]
      : []),
  ]);
}

function databaseWishes({ cloud, database }: Environment): Degradation[] {
  const { managedPostgres, ownNetwork } = capabilities[cloud];
  const inCluster = postgresIsInCluster({ cloud, database });
  const readReplicas = capabilities[cloud].readReplicas && !inCluster;
  const found: Degradation[] = [];
  if (inCluster) {
    if (!managedPostgres) found.push({ wish: "managed Postgres", standIn: "CloudNativePG in the cluster" });
  } else if (!ownNetwork) {
    found.push({
      wish: "Postgres that pods alone reach",
      standIn: "it answers the internet, behind TLS and passwords: nodes' addresses change",
    });
  }
  if (database.readReplicas && !readReplicas)
    found.push({ wish: `${database.readReplicas} read replicas`, standIn: "none: reads go to the server" });
  return found;
}

function cloudWishes(environment: Environment): Degradation[] {
  const has = capabilities[environment.cloud];
  const { zones, ownNetwork, provisionsNodes, keyManagement, secretManager, objectStorage, volumeSnapshots } = has;
  const cached = has.sharedFiles || hostedModels(environment).length === 0;
  const wishes: [granted: boolean, wish: string, standIn: string][] = [
    [zones, "nodes in several zones", "spread over nodes alone: the region is one failure domain"],
    [ownNetwork || !provisionsNodes, "a network of our own", "the cloud's; network policies guard the pods"],
    [keyManagement, "keys of our own for encryption at rest", "whatever the cluster's owner encrypts"],
    [secretManager || !provisionsNodes, "a secret manager", "Secrets of a namespace that one reader enters"],
    [objectStorage, "backups to object storage", "none: what is on a local cluster can be lost"],
    [cached, "one cache of models' weights", "each replica fetches its own when it starts"],
    [volumeSnapshots || !objectStorage, "snapshots of volumes", "Velero copies their files"],
  ];
  return wishes.filter(([granted]) => !granted).map(([, wish, standIn]) => ({ wish, standIn }));
}
