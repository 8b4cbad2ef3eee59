import type { Addon } from "../platform/addon.ts";
import { type Descriptors, descriptorsIn } from "../platform/descriptors.ts";
import type { Environment } from "../platform/environment.ts";
import { fallbacks } from "../platform/fallbacks.ts";
import { DRAIN_SECONDS, hostedModels } from "../platform/inference.ts";
import {
  controlPlaneOf,
  type InstalledAddon,
  installedAddons,
  podsOf,
  versionOf,
} from "../platform/installed-addons.ts";
import { migrationJob } from "../platform/names.ts";
import { neededConnections } from "../platform/needed-connections.ts";
import { secretLedger } from "../platform/secret-ledger.ts";
import { connectionsOf, databaseOf, ownsDatabase, portsOf } from "../platform/service.ts";
import { program } from "../infra/index.ts";
import { loadAddonObjects } from "../k8s/addon-objects.ts";
import { buildApp } from "../k8s/app.ts";
import type { Context } from "../k8s/context.ts";
import { renderObjects } from "../k8s/render.ts";
import { programsOf } from "../services/shared/runtime/program.ts";
import { loadRecords, type Records, recordedObjectsOf } from "./addon-records.ts";
import { cloudReaders } from "./clouds/clouds.ts";
import { BEFORE, waveOfAddon } from "./model/applied.ts";
import { claimsOf } from "./model/claims.ts";
import { operatedPodsOf } from "./model/operated.ts";
import type { Plan, PlannedAddon, PlannedObject } from "./model/plan.ts";
import { podSourcesOf } from "./model/pods.ts";
import type { RecordedResource } from "./model/recorded.ts";
import { record } from "./record.ts";
import { requireUniqueObjects } from "./unique-objects.ts";

/** What another repository adds to an environment. */
export interface Extension {
  /** Adds objects to the cluster. @default - none */
  readonly objects?: (context: Context) => void;
  /** Declares cloud resources beside the platform's. @default - none */
  readonly resources?: () => void;
}

/** Runs both projections of an environment without a cloud. Call it for one environment at a time: see `record`. */
export async function planEnvironment(
  environment: Environment,
  descriptors: Descriptors,
  extension: Extension = {},
): Promise<Plan> {
  const [addonObjects, records] = await Promise.all([loadAddonObjects(descriptors), loadRecords(descriptors)]);
  const resources = await record(environment.name, () => {
    program(environment, descriptors);
    extension.resources?.();
  });
  const objects = renderObjects(buildApp(environment, descriptors, addonObjects, extension.objects));
  requireUniqueObjects(resources, objects);
  return assemblePlan(environment, descriptors, { resources, objects, records });
}

export interface PlanParts {
  readonly resources: readonly RecordedResource[];
  readonly objects: readonly PlannedObject[];
  readonly records: Records;
}

/** The model of what was recorded and rendered. */
export function assemblePlan(
  environment: Environment,
  all: Descriptors,
  { resources, objects, records }: PlanParts,
): Plan {
  const descriptors = descriptorsIn(environment, all);
  const installed = installedAddons(environment, descriptors);
  const addons = installed.map((each) => plannedAddon(environment, each, records));
  return modelOf(environment, descriptors, { resources, objects, addons, installed });
}

/** The model again, of parts that were changed since. */
export function modelOf(
  environment: Environment,
  all: Descriptors,
  parts: Pick<Plan, "resources" | "objects" | "addons"> & { readonly installed: readonly InstalledAddon[] },
): Plan {
  const descriptors = descriptorsIn(environment, all);
  const { resources, objects, addons, installed } = parts;
  const reader = cloudReaders[environment.cloud];
  const manifests = objects.map(({ manifest }) => manifest);
  const descriptorsOf = installed.map(({ addon }): Addon => addon);
  return {
    environment: environment.name,
    cloud: environment.cloud,
    kubernetesVersion: environment.kubernetes.version,
    fallbacks: fallbacks({ environment, ...descriptors, installed: descriptorsOf }),
    addons,
    resources,
    objects,
    nodeGroups: resources.flatMap((resource) => reader.nodeGroups[resource.type]?.(resource, resources) ?? []),
    podSources: [
      ...podSourcesOf(manifests),
      ...addons.flatMap((addon) =>
        podSourcesOf(addon.objects, { addon: addon.name, wave: waveOfAddon(addon, manifests) ?? BEFORE }),
      ),
    ],
    claims: claimsOf(environment.cloud, descriptorsOf, reader.addons(resources)),
    operatedPods: operatedPodsOf(manifests, descriptorsOf),
    addresses: reader.addresses(resources),
    database: reader.database(resources),
    dnsZones: reader.dnsZones(resources),
    buckets: reader.buckets(resources),
    storedSecrets: reader.storedSecrets(resources),
    expected: expectedBy(environment, descriptors, installed),
  };
}

function plannedAddon(environment: Environment, { addon, context }: InstalledAddon, records: Records): PlannedAddon {
  const { name, delivery, namespace, kinds = [], pods = {}, provides = [], dangling = [], scraped = [] } = addon;
  return {
    name,
    by: delivery.by,
    namespace: namespace.name,
    version: versionOf(environment, addon),
    kinds,
    makes: addon.secrets?.(context).made ?? [],
    dangling,
    creates: provides.flatMap((provided) =>
      provided.capability === "gateway"
        ? [{ kind: "gateway.networking.k8s.io/GatewayClass", name: provided.className }]
        : [],
    ),
    scraped: scraped.map(({ group, port }) => ({ ...port, pods: podsOf(addon, group) })),
    answers: provides.flatMap((provided) =>
      "host" in provided
        ? [
            {
              capability: provided.capability,
              host: provided.host,
              port: provided.port,
              pods: podsOf(addon, provided.group),
            },
          ]
        : [],
    ),
    claimed: Object.keys(pods).map((group) => podsOf(addon, group)),
    objects: recordedObjectsOf(environment, { addon, context }, records),
  };
}

function expectedBy(
  environment: Environment,
  descriptors: Descriptors,
  installed: readonly InstalledAddon[],
): Plan["expected"] {
  const { services, workloads = [] } = descriptors;
  return {
    secrets: secretLedger(environment, descriptors, installed),
    connections: neededConnections(environment, descriptors, installed),
    controlPlane: controlPlaneOf(
      environment,
      installed.map(({ addon }) => addon),
    ),
    metrics: [...services, ...workloads].flatMap(({ name, metrics = [] }) =>
      metrics.map((metric) => ({ service: name, metric })),
    ),
    listens: services.flatMap((service) =>
      portsOf(service).map(([name, port]) => ({ workload: service.name, name, port })),
    ),
    drains: [
      ...services.map(({ name, drain }) => ({ workload: name, seconds: drain })),
      ...hostedModels(
        environment,
        installed.map(({ addon }) => addon),
      ).map(({ name }) => ({ workload: name, seconds: DRAIN_SECONDS })),
    ],
    programs: services.flatMap((service) =>
      programsOf(service).map((program) => ({
        ...program,
        workload: program.command === "migrate" ? migrationJob(service) : service.name,
      })),
    ),
    databaseUsers: services
      .filter((service) => databaseOf(service) !== undefined)
      .flatMap((service) => [
        { workload: service.name, connections: connectionsOf(service) },
        ...(ownsDatabase(service) ? [{ workload: migrationJob(service), connections: 1 }] : []),
      ]),
  };
}
