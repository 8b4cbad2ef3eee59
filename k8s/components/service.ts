import type { Construct } from "constructs";
import { notTheInternet } from "../../platform/addresses.ts";
import { addonPorts } from "../../platform/declared-connections.ts";
import {
  databaseSecretPath,
  hostName,
  imageOf,
  namespaces,
  preparationName,
  redisSecretPath,
  runbooksUrl,
  SECRET_PROPERTY,
  secretPath,
  secretStore,
} from "../../platform/names.ts";
import { hostedModels, MODEL_PORT, modelEndpoints } from "../../platform/inference.ts";
import { callsModels, databaseOf, probePort, replicasIn, type Service, usesQueue } from "../../platform/service.ts";
import { canaryName } from "../constructs/canary.ts";
import { addresses, gateway, type Peer, tcp, workload } from "../constructs/network-peers.ts";
import { ObjectiveRules } from "../constructs/objective-rules.ts";
import { SECRETS_FOLDER } from "../constructs/pod-template.ts";
import { PreparationJob } from "../constructs/preparation-job.ts";
import { Route } from "../constructs/route.ts";
import { type SecretFile, SecretFiles } from "../constructs/secret-files.ts";
import { Workload } from "../constructs/workload.ts";
import type { Context } from "./context.ts";
import { databasePeer } from "./database-peer.ts";
import { placementOn } from "./placement.ts";
import { PROMETHEUS } from "./prometheus.ts";

const namespace = namespaces.application;

/** A service of ours, from its descriptor alone. */
export function addService(context: Context, service: Service): void {
  const { environment, layers } = context;
  const { name, listens } = service;
  const secret = addSecrets(layers.secrets, context, service);
  const variables = variablesOf(environment, service);
  new Workload(layers.services, name, {
    namespace,
    name,
    image: imageOf(environment, name),
    version: environment.release.version,
    placement: placementOn(environment),
    ports: { ...listens },
    probePort: probePort(service),
    resources: service.resources,
    scale: {
      replicas: replicasIn(environment, service),
      on: service.scale.on,
      profile: service.scale.profile,
      prometheus: PROMETHEUS,
    },
    release: service.release === "canary" ? { canary: service.objectives ?? [] } : "rolling",
    drain: service.drain,
    environment: variables,
    ...(secret && { secret }),
    from: callers(context, service),
    to: callees(context, service),
  });
  if (service.prepare && secret !== undefined) {
    addPreparation(context, { ...service, prepare: service.prepare }, { secret, variables });
  }
  addPromises(context, service);
  addRoute(context, service);
}

function variablesOf(environment: Context["environment"], service: Service): Record<string, string> {
  const models = modelEndpoints(environment);
  // Who accepts executions has to know what can be executed, as who runs them does.
  const needsModels = models.length > 0 && usesQueue(service);
  return {
    PROMPTOPS_ENVIRONMENT: environment.name,
    PROMPTOPS_SECRETS: SECRETS_FOLDER,
    ...(needsModels && { PROMPTOPS_MODELS: JSON.stringify(models) }),
  };
}

function addPromises({ environment, layers }: Context, { name, objectives = [] }: Service): void {
  if (objectives.length === 0) return;
  new ObjectiveRules(layers.alerts, name, { namespace, name, objectives, runbooks: runbooksUrl(environment) });
}

function addRoute({ environment, layers }: Context, { name, listens, exposed, release }: Service): void {
  if (!exposed || listens.http === undefined) return;
  new Route(layers.edge, name, {
    namespace,
    name,
    host: hostName(environment, exposed.host),
    port: listens.http,
    ...(release === "canary" && { canary: canaryName(name) }),
    websockets: exposed.websockets,
  });
}

/** A job of the service's own image that brings its database to the new version, before any of its pods start. */
function addPreparation(
  { environment, cloud, layers: { preparation } }: Context,
  service: Service & Required<Pick<Service, "prepare">>,
  { secret, variables }: { secret: string; variables: Readonly<Record<string, string>> },
): void {
  const name = preparationName(service);
  new PreparationJob(preparation, name, {
    namespace,
    name,
    to: [databasePeer({ environment, cloud })],
    // The role that it logs in with may be made beside it.
    attempts: 10,
    deadline: 600,
    version: environment.release.version,
    image: imageOf(environment, service.name),
    placement: placementOn(environment),
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
    args: service.prepare,
    environment: variables,
    secret,
  });
}

/** One Secret a service, with a file for each thing that it reads; undefined when it reads none. */
function addSecrets(layer: Construct, { environment, cloud }: Context, service: Service): string | undefined {
  const files: SecretFile[] = service.secrets.map(({ name }) => ({
    file: name,
    key: cloud.secretKey(secretPath(environment, service.name, name)),
    property: SECRET_PROPERTY,
  }));
  if (databaseOf(service)) {
    files.push({
      file: "database-url",
      key: cloud.secretKey(databaseSecretPath(environment, service)),
      property: "url",
    });
  }
  if (environment.valkey && usesQueue(service)) {
    files.push({ file: "redis-url", key: cloud.secretKey(redisSecretPath(environment, service)), property: "url" });
  }
  const [first, ...others] = files;
  if (!first) return undefined;
  const name = `${service.name}-secrets`;
  new SecretFiles(layer, service.name, { namespace, name, store: secretStore, files: [first, ...others] });
  return name;
}

function callers({ services }: Context, { name, listens, exposed }: Service): Peer[] {
  const { http } = listens;
  if (http === undefined) return [];
  const peers = services
    .filter(({ uses }) => uses.some((use) => use.kind === "service" && use.service === name))
    .map((caller) => workload(namespace, caller.name));
  const all = exposed ? [gateway, ...peers] : peers;
  return all.length > 0 ? [{ peers: all, ports: tcp(http) }] : [];
}

function callees(context: Context, service: Service): Peer[] {
  const { environment, services } = context;
  const peers: Peer[] = [];
  if (databaseOf(service)) peers.push(databasePeer(context));
  if (environment.valkey && usesQueue(service)) {
    peers.push({ peers: [workload(namespaces.data, "valkey")], ports: tcp(addonPorts.valkey.port) });
  }
  if (callsModels(service)) peers.push(...modelPeers(environment));
  for (const use of service.uses) {
    const callee = use.kind === "service" ? services.find(({ name }) => name === use.service) : undefined;
    if (callee?.listens.http !== undefined) {
      peers.push({ peers: [workload(namespace, callee.name)], ports: tcp(callee.listens.http) });
    }
  }
  // A NetworkPolicy knows no host names: it opens the internet's port for TLS, and keeps what is no internet closed.
  if (service.callsOut.length > 0) peers.push({ peers: [addresses("0.0.0.0/0", notTheInternet)], ports: tcp(443) });
  return peers;
}

function modelPeers(environment: Context["environment"]): Peer[] {
  const peers = hostedModels(environment).map(({ name }) => workload(namespaces.inference, name));
  return peers.length > 0 ? [{ peers, ports: tcp(MODEL_PORT) }] : [];
}
