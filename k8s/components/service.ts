import { cdnOf, proxiesIn } from "../../platform/cdn.ts";
import { dependenciesOf } from "../../platform/dependencies.ts";
import { providerOf } from "../../platform/installed-addons.ts";
import { workloadPods } from "../../platform/connections.ts";
import {
  administratorSecretPath,
  FIRST_TENANT,
  hostName,
  imageOf,
  migrationJob,
  migratorSecretPath,
  namespaces,
  runbooksUrl,
  SECRET_PROPERTY,
  secretPath,
  secretStore,
  tenantJob,
} from "../../platform/names.ts";
import { placementOn } from "../../platform/placement.ts";
import { releaseIn } from "../../platform/release.ts";
import { isAutoscaled, replicasIn } from "../../platform/replicas.ts";
import { probePort, type Release, type Service } from "../../platform/service.ts";
import type { Signal } from "../../platform/signals.ts";
import { previewName } from "../constructs/blue-green.ts";
import { canaryName } from "../constructs/canary.ts";
import { DeployJob } from "../constructs/deploy-job.ts";
import { ObjectiveRules } from "../constructs/objective-rules.ts";
import { Route, type RouteProps } from "../constructs/route.ts";
import { ScheduledJob } from "../constructs/scheduled-job.ts";
import { type SecretFile, SecretFiles } from "../constructs/secret-files.ts";
import { Workload, type WorkloadProps } from "../constructs/workload.ts";
import type { Context } from "../context.ts";
import { gaugeLabels } from "./gauge-labels.ts";
import { peersOf } from "./peers.ts";
import { prometheusOf } from "./prometheus.ts";

const namespace = namespaces.application;

/** Adds the objects of a service, which follow from its descriptor and the environment. */
export function addService(context: Context, service: Service): void {
  const { environment, layers } = context;
  const { name, listens } = service;
  const secret = addSecrets(context, service);
  const variables = variablesOf(context, service);
  new Workload(layers.services, name, {
    namespace,
    name,
    image: imageOf(environment, name),
    version: environment.release.version,
    placement: placementOn(environment),
    ports: { ...listens },
    probePort: probePort(service),
    resources: service.resources,
    scale: scaleOf(context, service),
    release: workloadReleaseOf(context, service),
    drain: service.drain,
    ...(service.commands?.serve && { args: service.commands.serve }),
    environment: variables,
    ...(secret !== undefined && { secret }),
    ...peersOf(context, workloadPods(namespace, name)),
  });
  addMigration(context, service);
  addTenantJob(context, service);
  addObjectives(context, service);
  addRoute(context, service);
}

function scaleOf(context: Context, service: Service): WorkloadProps["scale"] {
  const { environment, addons } = context;
  const {
    on: [first, ...others],
    profile,
  } = service.scale;
  const ofSeries = (signal: Signal): Signal =>
    signal.kind === "metric" ? { ...signal, matching: gaugeLabels(service, signal) } : signal;
  const replicas = replicasIn(environment, service, addons);
  return {
    replicas: isAutoscaled(service, addons) ? replicas : replicas.min,
    on: [ofSeries(first), ...others.map(ofSeries)],
    profile,
    prometheus: prometheusOf(context),
  };
}

function workloadReleaseOf({ environment, addons }: Context, service: Service): NonNullable<WorkloadProps["release"]> {
  const { objectives = [] } = service;
  switch (releaseIn(environment, service, addons)) {
    case "rolling":
      return "rolling";
    case "canary":
      return { canary: objectives };
    case "blue-green":
      return { blueGreen: objectives };
  }
}

function variablesOf(context: Context, service: Service): Record<string, string> {
  return Object.assign(
    {
      PROMPTOPS_ENVIRONMENT: context.environment.name,
      // The gateway, and a CDN before it, write the client's address into X-Forwarded-For.
      ...(service.exposed &&
        providerOf(context.addons, "gateway") && { PROMPTOPS_TRUSTED_PROXIES: String(proxiesIn(context.environment)) }),
    },
    ...dependenciesOf(service, context).map(({ variables }) => variables),
  ) as Record<string, string>;
}

function addObjectives({ environment, layers }: Context, { name, objectives = [] }: Service): void {
  if (objectives.length === 0) return;
  new ObjectiveRules(layers.alerts, name, { namespace, name, objectives, runbooks: runbooksUrl(environment) });
}

function addRoute({ environment, addons, layers }: Context, service: Service): void {
  const { name, listens, exposed } = service;
  if (!exposed || listens.http === undefined || !providerOf(addons, "gateway")) return;
  // With the service: a release by weights waits for its route. The gateway comes later.
  new Route(layers.services, `${name}-route`, {
    namespace,
    name,
    host: hostName(environment, exposed.host),
    port: listens.http,
    ...nextVersion[releaseIn(environment, service, addons)](name),
    websockets: exposed.websockets,
    record: cdnOf(environment)?.origin,
  });
}

/** The Service of a new version that requests can ask for. */
const nextVersion: Readonly<Record<Release, (name: string) => Pick<RouteProps, "next">>> = {
  rolling: () => ({}),
  canary: (name) => ({ next: { service: canaryName(name), weighted: true } }),
  "blue-green": (name) => ({ next: { service: previewName(name), weighted: false } }),
};

/** A job of the service's own image that migrates its database before any of its pods start. */
function addMigration(context: Context, service: Service): void {
  const { environment, cloud, layers } = context;
  const args = service.commands?.migrate;
  if (!args) return;
  const name = migrationJob(service);
  new SecretFiles(layers.secrets, name, {
    namespace,
    name,
    store: secretStore,
    files: [{ file: "database-url", key: cloud.secretKey(migratorSecretPath(environment, service)), property: "url" }],
  });
  new DeployJob(layers.migrations, name, {
    namespace,
    name,
    to: peersOf(context, workloadPods(namespace, name)).to,
    attempts: 10,
    deadline: 600,
    version: environment.release.version,
    image: imageOf(environment, service.name),
    placement: placementOn(environment),
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
    args,
    environment: { PROMPTOPS_ENVIRONMENT: environment.name },
    secret: name,
  });
}

/** From this suspended CronJob an operator starts the job that creates a tenant: docs/how-to/first-tenant.md. */
function addTenantJob(context: Context, service: Service): void {
  const { environment, cloud, layers } = context;
  const args = service.commands?.createTenant;
  if (!args) return;
  const name = tenantJob(service);
  new SecretFiles(layers.secrets, name, {
    namespace,
    name,
    store: secretStore,
    files: [
      { file: "database-url", key: cloud.secretKey(administratorSecretPath(environment, service)), property: "url" },
    ],
  });
  new ScheduledJob(layers.services, name, {
    namespace,
    name,
    to: peersOf(context, workloadPods(namespace, name)).to,
    suspended: true,
    // Never due while it is suspended; a schedule is required.
    schedule: "@yearly",
    deadline: 300,
    version: environment.release.version,
    image: imageOf(environment, service.name),
    placement: placementOn(environment),
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
    args,
    environment: { PROMPTOPS_ENVIRONMENT: environment.name, PROMPTOPS_TENANT: FIRST_TENANT },
    secret: name,
  });
}

/** One Secret per service, with a file for each thing that it reads; undefined when it reads none. */
function addSecrets(context: Context, service: Service): string | undefined {
  const { environment, cloud, layers } = context;
  const files: SecretFile[] = [
    ...service.secrets.map(({ name }) => ({
      file: name,
      key: cloud.secretKey(secretPath(environment, service.name, name)),
      property: SECRET_PROPERTY,
    })),
    ...dependenciesOf(service, context).flatMap(({ secrets }) =>
      secrets.map(({ stored, file, property }) => ({ file, key: cloud.secretKey(stored.path), property })),
    ),
  ];
  const [first, ...others] = files;
  if (!first) return undefined;
  const name = `${service.name}-secrets`;
  new SecretFiles(layers.secrets, service.name, { namespace, name, store: secretStore, files: [first, ...others] });
  return name;
}
