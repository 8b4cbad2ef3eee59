import { UserError } from "./faults.ts";
import { HISTOGRAM_BUCKETS, type Metric } from "./metrics.ts";
import type { Objective } from "./objectives.ts";
import type { GaugeSignal, Signal } from "./signals.ts";

/** What a service is, and what it needs of the cloud and of the cluster. The running service reads the same file. */
export interface Service {
  /** The name of its folder, image, Deployment and ServiceAccount. */
  readonly name: string;
  /** Runs only in environments that name it, in `models` or in `services`. @default false */
  readonly optional?: boolean;
  /** Ports by name, each unique among all services, so that all of them run on one machine too. */
  readonly listens: Ports;
  /** Reached from outside at `<host>.<domain>`. @default - inside the cluster alone */
  readonly exposed?: Exposure;
  readonly uses: readonly Dependency[];
  /**
   * The internet hosts that it calls over TLS, by name: it reaches them through the service that calls the `internet`, which is one.
   */
  readonly callsOut: readonly string[] | Internet;
  /** Made by the platform, kept in the secret store, read as files by this service and by those that use `secretOf`. */
  readonly secrets: readonly Secret[];
  readonly metrics: readonly Metric[];
  readonly resources: Resources;
  readonly scale: Scale;
  /** Seconds that work in hand may take to end after SIGTERM. */
  readonly drain: number;
  /**
   * How a new version replaces the old one, unless the environment says otherwise. A preference: without an add-on that can do it,
   * the release is rolling.
   */
  readonly release: Release;
  /** What its users are promised. @default - nothing */
  readonly objectives?: readonly Objective[];
  /** Arguments by what its image does with them. @default - none: it serves */
  readonly commands?: Commands;
}

/** What a service's image does, by its arguments. */
export interface Commands {
  /** Answers requests or does work, for as long as it runs. @default - no arguments */
  readonly serve?: readonly string[];
  /** Migrates the service's database, and ends. A service that owns a database has it. */
  readonly migrate?: readonly [string, ...string[]];
  /** Creates a tenant in the service's own database, with its administrator's API key, and ends. @default - it has no tenants */
  readonly createTenant?: readonly [string, ...string[]];
}

/**
 * `rolling`: new pods replace old ones as they become ready. `canary`: 10 % of requests go to the new version, then 30 %, then all,
 * as long as the objectives hold. `blue-green`: the new version starts beside the old one, gets all requests at once when the
 * objectives hold, and the old one is kept for an hour. With either of the last two, requests with `x-canary: true` reach the new
 * version at once.
 */
export const releases = ["rolling", "canary", "blue-green"] as const;
export type Release = (typeof releases)[number];

/** Probes are answered on `http` where there is one, else on `health`; metrics are never public, so never on `http`. */
export interface Ports {
  readonly http?: number;
  readonly health?: number;
  readonly metrics: number;
}

/** The host of the gateway itself behind a CDN. */
export const ORIGIN_HOST = "origin";

export interface Exposure {
  readonly host: string;
  /** The largest request body that the service takes, as a quantity. */
  readonly maxBody: string;
  readonly websockets: boolean;
  /** Paths whose answers are the same for everyone, so that a CDN may keep them as long as they say: `/assets/*`. @default - none */
  readonly cached?: readonly string[];
}

/** Every public address, on some ports. */
export interface Internet {
  readonly internet: readonly [number, ...number[]];
}

/** For the egress proxy alone: one service may have it. */
export const anyHost = (...ports: Internet["internet"]): Internet => ({ internet: ports });

export interface Secret {
  readonly name: string;
  /** Random bytes that it is made of. */
  readonly bytes: number;
}

export type Dependency =
  | {
      readonly kind: "database";
      readonly pool: number;
      readonly listens: boolean;
      readonly readsReplicas: boolean;
      readonly of?: string;
    }
  | { readonly kind: "queue"; readonly queue: string; readonly role: "producer" | "consumer" }
  | MessagesDependency
  | { readonly kind: "service"; readonly service: string; readonly port: "http" }
  | { readonly kind: "models" }
  | { readonly kind: "secret"; readonly name: string; readonly of: string }
  | { readonly kind: "oidc" }
  | { readonly kind: "tenant-hosts" }
  | { readonly kind: "objects" };

export interface MessagesDependency {
  readonly kind: "messages";
  readonly queue: string;
}

/**
 * A role of the service's own in a database that it owns. One replica opens at most `pool` connections, and one more if it
 * `listens` to notifications. With `readsReplicas`, it reads what may be stale from read replicas where there are some, over as many
 * connections to each. With `of`, the role is in that service's database, whose migrations grant what it may do.
 */
export function database({
  pool,
  listens = false,
  readsReplicas = false,
  of,
}: {
  pool: number;
  listens?: boolean;
  readsReplicas?: boolean;
  of?: string;
}): Dependency {
  return { kind: "database", pool, listens, readsReplicas, ...(of !== undefined && { of }) };
}

/** Calls another of our services inside the cluster. */
export function calls(service: string): Dependency {
  return { kind: "service", service, port: "http" };
}

/** Calls the models of the environment: on its own GPUs, or by `callsOut`. */
export const models: Dependency = { kind: "models" };

/** Reads a secret of another service. */
export function secretOf(service: string, name: string): Dependency {
  return { kind: "secret", name, of: service };
}

/** Reads the keys of the environment's OIDC issuer, if it has one. */
export const oidcIssuer: Dependency = { kind: "oidc" };

/** Connects to internet hosts that tenants choose, through the service that calls the `internet`. */
export const tenantHosts: Dependency = { kind: "tenant-hosts" };

/** Reads and writes the environment's bucket of objects, where its cloud has object storage. */
export const objects: Dependency = { kind: "objects" };

export interface Queue {
  readonly name: string;
  readonly producer: Dependency;
  readonly consumer: Dependency;
}

export function queue(name: string): Queue {
  return {
    name,
    producer: { kind: "queue", queue: name, role: "producer" },
    consumer: { kind: "queue", queue: name, role: "consumer" },
  };
}

/**
 * Publishes messages that must not be lost to a queue, and consumes them: a quorum queue with a queue of dead letters, where
 * the environment has a message broker. The service keeps them in its database otherwise.
 */
export const messages = (queue: string): MessagesDependency => ({ kind: "messages", queue });

/** The queues that a service publishes to and consumes. */
export const messageQueues = ({ uses }: Pick<Service, "uses">): string[] =>
  uses.flatMap((use) => (use.kind === "messages" ? [use.queue] : []));

export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/**
 * `steady`: down by 10 % a minute after five calm minutes, up by double or 4 pods each 15 s.
 * `elastic`: down by half a minute after five calm minutes, up by double or 4 pods a minute.
 */
export type ScaleProfile = "steady" | "elastic";

export interface Scale {
  /** The fewest and the most replicas. */
  readonly between: readonly [number, number];
  readonly on: readonly [Signal, ...Signal[]];
  readonly profile: ScaleProfile;
}

const NAME = /^[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/;

/** Checks what one descriptor can tell alone; what two of them may not share is the catalogue's business. */
export function defineService(service: Service): Service {
  const { name, listens, exposed, scale, secrets } = service;
  const rules: [boolean, string][] = [
    [NAME.test(name), `its name must be lower-case letters, digits and '-', at most 30`],
    [
      (listens.http ?? listens.health) !== undefined,
      "'listens' must have 'http' or 'health': probes are answered there",
    ],
    [!exposed || listens.http !== undefined, "'exposed' needs a port 'http'"],
    [exposed?.host !== ORIGIN_HOST, `'exposed.host' must not be '${ORIGIN_HOST}', which is the gateway's behind a CDN`],
    [
      internetPorts(service).length === 0 || listens.http !== undefined,
      "'callsOut: anyHost' needs a port 'http', on which others reach the internet through it",
    ],
    [
      scale.between[0] >= 1 && scale.between[0] <= scale.between[1],
      "'scale.between' must be [fewest, most], at least 1",
    ],
    [service.drain >= 1 && service.drain <= 600, "'drain' must be 1 to 600 seconds"],
    [
      secrets.every((secret) => NAME.test(secret.name) && secret.bytes >= 16),
      "each secret needs a plain name and at least 16 bytes",
    ],
    ...releaseRules(service, service.release),
    ...databaseRules(service),
    ...scale.on.map((signal): [boolean, string] => [
      (signal.kind !== "requests" && signal.kind !== "latency") || service.metrics.includes(signal.metric),
      "a signal of requests or latency must be of one of its own 'metrics'",
    ]),
    ...(service.objectives ?? []).flatMap((objective) => objectiveRules(service, objective)),
  ];
  const broken = rules.filter(([holds]) => !holds).map(([, rule]) => `  ${rule}`);
  if (broken.length > 0) throw new UserError(`Service '${name}' cannot be described so:\n${broken.join("\n")}`);
  return service;
}

/** What a release needs of the service itself. */
export function releaseRules({ listens, exposed, objectives = [] }: Service, release: Release): [boolean, string][] {
  return [
    [
      release !== "canary" || (exposed !== undefined && objectives.length > 0),
      "'release: canary' needs 'exposed', whose requests are split, and 'objectives', by which it is judged",
    ],
    [
      release !== "blue-green" || listens.http !== undefined,
      "'release: blue-green' needs a port 'http', whose requests go to one version or the other",
    ],
  ];
}

const databaseRules = (service: Service): [boolean, string][] => [
  [
    ownsDatabase(service) === (service.commands?.migrate !== undefined),
    "'commands.migrate' belongs to a service that owns a database, and each of these needs it",
  ],
  [
    !createsTenants(service) || ownsDatabase(service),
    "'commands.createTenant' belongs to a service that owns a database",
  ],
  [(databaseOf(service)?.pool ?? 1) >= 1, "'pool' must be at least 1"],
];

function objectiveRules({ metrics, objectives: own }: Service, objective: Objective): [boolean, string][] {
  const { kind, name, of, target, except } = objective;
  const labels = [...Object.keys(except), ...(kind === "availability" ? Object.keys(objective.failing) : [])];
  return [
    [metrics.includes(of), `an objective is of metric '${of.name}', which is none of its 'metrics'`],
    [(own ?? []).filter((each) => each.name === name).length < 2, `two of its objectives are '${name}'`],
    [target > 0 && target < 1, `the ${kind} objective's target must be between 0 % and 100 %`],
    [
      of.type === (kind === "availability" ? "counter" : "histogram"),
      `the ${kind} objective cannot be of '${of.name}', a ${of.type}`,
    ],
    ...labels.map((label): [boolean, string] => [
      of.labels.includes(label),
      `the ${kind} objective names label '${label}', which '${of.name}' has not`,
    ]),
    [
      kind === "availability" || HISTOGRAM_BUCKETS.includes(objective.within),
      `the latency objective's 'within' must be a bucket: ${HISTOGRAM_BUCKETS.join(", ")} seconds`,
    ],
  ];
}

/** Whether it asks models for answers. */
export const callsModels = ({ uses }: Service): boolean => uses.some(({ kind }) => kind === "models");

/** Signals that an autoscaler reads from Prometheus: all but CPU and memory. */
export function prometheusSignals({ scale }: Service): Exclude<Signal, { kind: "cpu" | "memory" }>[] {
  return scale.on.filter((signal) => "metric" in signal);
}

/** Whether it reads and writes the environment's bucket of objects. */
export const usesObjects = ({ uses }: Service): boolean => uses.some(({ kind }) => kind === "objects");

/** The gauges by which a service scales, and which of their series. */
export function queueGauges({ scale }: Service): GaugeSignal[] {
  return scale.on.filter((signal) => signal.kind === "metric");
}

/** The metric of a name that services export alike; none when nobody does. */
export function metricNamed(services: readonly Service[], name: string): Metric[] {
  return services.flatMap(({ metrics }) => metrics.filter((metric) => metric.name === name)).slice(0, 1);
}

/** The ports on which it may connect to every public address: none, unless it is the egress proxy. */
export const internetPorts = ({ callsOut }: Pick<Service, "callsOut">): readonly number[] =>
  "internet" in callsOut ? callsOut.internet : [];

/** The hosts that it calls by name. */
export const calledHosts = ({ callsOut }: Pick<Service, "callsOut">): readonly string[] =>
  "internet" in callsOut ? [] : callsOut;

export const portsOf = ({ listens }: Service): [name: string, port: number][] => Object.entries(listens);

/** The port on which /health/live, /health/ready and /health/startup are answered. */
export function probePort({ listens }: Service): "http" | "health" {
  return listens.http === undefined ? "health" : "http";
}

export function databaseOf({ uses }: Service): Extract<Dependency, { kind: "database" }> | undefined {
  return uses.find((use) => use.kind === "database");
}

/** Whether it has a database of its own, which its migrations define. */
export function ownsDatabase(service: Service): boolean {
  const use = databaseOf(service);
  return use !== undefined && use.of === undefined;
}

/** Whether its image creates tenants, as a role that may do nothing else. */
export const createsTenants = ({ commands }: Pick<Service, "commands">): boolean =>
  commands?.createTenant !== undefined;

/** Connections to Postgres that one replica may hold. */
export function connectionsOf(service: Service): number {
  const use = databaseOf(service);
  return use ? use.pool + (use.listens ? 1 : 0) : 0;
}
