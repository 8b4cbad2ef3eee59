import { factsOf, type Fallback } from "./clouds.ts";
import { postgresIsInCluster } from "./database.ts";
import type { Environment } from "./environment.ts";
import { hostedModels } from "./inference.ts";

/** Preferences of the environment that its cloud cannot meet, each with what it gets instead. */
export function fallbacks(environment: Environment): Fallback[] {
  return [...poolFallbacks(environment), ...databaseFallbacks(environment), ...cloudFallbacks(environment)];
}

function poolFallbacks(environment: Environment): Fallback[] {
  const { name: cloud, spotNodes, zones } = factsOf(environment);
  return Object.entries(environment.pools).flatMap(([name, pool]) => [
    ...(pool.spot && !spotNodes
      ? [{ preference: `pool ${name}: spot nodes`, fallback: `${cloud} has no spot market: on-demand nodes` }]
      : []),
    ...(pool.zones !== undefined && !zones
      ? [
          {
            preference: `pool ${name}: ${pool.zones} zones`,
            fallback: `${cloud} has no zones: spread over nodes alone`,
          },
        ]
      : []),
  ]);
}

function databaseFallbacks(environment: Environment): Fallback[] {
  const { managedPostgres } = factsOf(environment);
  const { readReplicas } = environment.database;
  const managed = postgresIsInCluster(environment) ? false : managedPostgres;
  const found: Fallback[] = [];
  if (!managedPostgres) found.push({ preference: "managed Postgres", fallback: "Postgres in the cluster" });
  if (managed && managed.address === "public") {
    found.push({
      preference: "Postgres that only pods can reach",
      fallback: "it is on the internet, behind TLS and passwords, because nodes' addresses change",
    });
  }
  if (readReplicas && !(managed && managed.readReplicas))
    found.push({ preference: `${readReplicas} read replicas`, fallback: "none: reads go to the server" });
  return found;
}

function cloudFallbacks(environment: Environment): Fallback[] {
  const facts = factsOf(environment);
  const cached = facts.sharedFiles || hostedModels(environment).length === 0;
  const provisioned = facts.nodes === "provisioned";
  const preferences: [met: boolean, preference: string, fallback: string][] = [
    [facts.zones, "nodes in several zones", "spread over nodes alone: the region is one failure domain"],
    [facts.network === "own" || !provisioned, "a network of our own", "the cloud's; network policies guard the pods"],
    [facts.encryptionKeys === "own", "keys of our own for encryption at rest", "whatever the cluster's owner encrypts"],
    [
      facts.secretStore === "secret-manager" || !provisioned,
      "a secret manager",
      "Secrets of a namespace that one reader may enter",
    ],
    [facts.objectStorage !== false, "backups to object storage", "none: what is on a local cluster can be lost"],
    [cached, "one cache of model weights", "each replica fetches its own when it starts"],
    [facts.volumeSnapshots || !facts.objectStorage, "volume snapshots", "backups copy the volumes' files"],
  ];
  return preferences.filter(([met]) => !met).map(([, preference, fallback]) => ({ preference, fallback }));
}
