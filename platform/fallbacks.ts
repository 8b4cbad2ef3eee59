import { factsOf, type Fallback, type ManagedPostgres } from "./clouds.ts";
import { postgresIsInCluster } from "./database.ts";
import type { Addon, Capability } from "./addon.ts";
import { type Environment, standbyRegionOf } from "./environment.ts";
import { hostedModels } from "./inference.ts";
import { providerOf } from "./installed-addons.ts";
import { hostName } from "./names.ts";
import { missingIn, providers } from "./release.ts";
import { missingToScale, replicasIn, scalesOnMetrics } from "./replicas.ts";
import { prometheusSignals, type Service } from "./service.ts";

/** What an environment runs, and the add-ons that it could enable. */
interface Running {
  readonly environment: Environment;
  readonly services: readonly Service[];
  readonly addons: readonly Addon[];
  readonly installed: readonly Addon[];
}

/** Preferences of the environment that its cloud or its add-ons cannot meet, each with what it gets instead. */
export function fallbacks(running: Running): Fallback[] {
  const { environment } = running;
  return [
    ...poolFallbacks(environment),
    ...databaseFallbacks(environment),
    ...cloudFallbacks(running),
    ...running.services.flatMap((service) => serviceFallbacks(service, running)),
    ...modelFallbacks(running),
  ];
}

/** What a service does without the add-ons that its descriptor prefers. */
function serviceFallbacks(service: Service, { environment, addons, installed }: Running): Fallback[] {
  const { name, release, exposed } = service;
  const found: Fallback[] = [];
  if (exposed && !providerOf(installed, "gateway"))
    found.push({
      preference: `service ${name} at ${hostName(environment, exposed.host)}`,
      fallback: `no gateway (${providers(addons, "gateway")}): kubectl port-forward`,
    });
  const missing = missingIn(environment, service, installed);
  if (missing.length > 0)
    found.push({
      preference: `service ${name}: ${release} release`,
      fallback: `rolling: ${missing.map((capability) => `no ${capability} (${providers(addons, capability)})`).join(", ")}`,
    });
  const unscaled = missingToScale(service, installed);
  if (unscaled.length > 0)
    found.push({
      preference: `service ${name}: replicas by ${prometheusSignals(service)
        .map(({ metric }) => metric.name)
        .join(", ")}`,
      fallback: fixedReplicas(replicasIn(environment, service, installed).min, addons, unscaled),
    });
  return found;
}

function modelFallbacks({ environment, addons, installed }: Running): Fallback[] {
  if (scalesOnMetrics(installed)) return [];
  return hostedModels(environment, installed).map(({ name, replicas }) => ({
    preference: `model ${name}: replicas by its requests`,
    fallback: fixedReplicas(replicas.min, addons, ["metric-scaling"]),
  }));
}

const fixedReplicas = (replicas: number, addons: readonly Addon[], missing: readonly Capability[]): string =>
  `fixed at ${replicas}: ${missing.map((capability) => `no ${capability} (${providers(addons, capability)})`).join(", ")}`;

function poolFallbacks(environment: Environment): Fallback[] {
  const { name: cloud, spotNodes, zones } = factsOf(environment);
  return Object.entries(environment.pools).flatMap(([name, pool]) => [
    ...(pool.spot && !spotNodes
      ? [{ preference: `pool ${name}: spot nodes`, fallback: `${cloud} has no spot market: on-demand nodes` }]
      : []),
    ...(pool.zones !== undefined && !zones
      ? [
          {
            preference: `pool ${name}: ${pool.zones.length} zones`,
            fallback: `${cloud} has no zones: spread over nodes alone`,
          },
        ]
      : []),
  ]);
}

function databaseFallbacks(environment: Environment): Fallback[] {
  const { managedPostgres } = factsOf(environment);
  const { readReplicas = [] } = environment.database;
  const managed = postgresIsInCluster(environment) ? false : managedPostgres;
  const found: Fallback[] = [];
  if (!managedPostgres) found.push({ preference: "managed Postgres", fallback: "Postgres in the cluster" });
  if (managed && managed.address === "public") {
    found.push({
      preference: "Postgres that only pods can reach",
      fallback: "it is on the internet, behind TLS and passwords, because nodes' addresses change",
    });
  }
  if (readReplicas.length > 0 && !(managed && managed.readReplicas))
    found.push({ preference: `${readReplicas.length} read replicas`, fallback: "none: reads go to the server" });
  return [
    ...found,
    ...copyFallbacks(environment, managed),
    ...recoveryFallbacks(environment, managed ? managed.recoveryDays : undefined),
  ];
}

/** What does not outlive the server, or is in no other region. */
function copyFallbacks(environment: Environment, managed: ManagedPostgres | false): Fallback[] {
  const region = standbyRegionOf(environment);
  const found: Fallback[] = [];
  if (managed && !managed.vault)
    found.push({
      preference: "copies of the database in a vault",
      fallback: "none: the cloud's own daily backups are all there is",
    });
  if (region !== undefined && !managed)
    found.push({
      preference: `backups of the database in ${region}`,
      fallback: "none: Postgres runs in the cluster, and its backups are in the bucket",
    });
  return found;
}

/** Fewer days than are wished for, where the cloud chooses them. */
function recoveryFallbacks({ database: { pointInTimeRecoveryDays: days = 0 } }: Environment, kept = days): Fallback[] {
  if (days <= kept) return [];
  return [
    { preference: `point-in-time recovery over ${days} days`, fallback: `${kept} days, which is what the cloud keeps` },
  ];
}

function cloudFallbacks({ environment, installed }: Running): Fallback[] {
  const facts = factsOf(environment);
  const cached = facts.sharedFiles || hostedModels(environment, installed).length === 0;
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
    [facts.objectStorage !== false, "a bucket for archives", "none: executions stay in Postgres"],
    [cached, "one cache of model weights", "each replica fetches its own when it starts"],
    [facts.volumeSnapshots || !facts.objectStorage, "volume snapshots", "backups copy the volumes' files"],
  ];
  return preferences.filter(([met]) => !met).map(([, preference, fallback]) => ({ preference, fallback }));
}
