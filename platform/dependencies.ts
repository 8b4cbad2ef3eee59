import type { Addon } from "./addon.ts";
import { bucketOf } from "./buckets.ts";
import { factsOf } from "./clouds.ts";
import { type Connection, IDENTITY_AGENT, identityAgent, internet, type Party, workloadPods } from "./connections.ts";
import { databasePortOf, hasReadReplicas, postgresIsInCluster } from "./database.ts";
import type { Environment } from "./environment.ts";
import { hostedModels, MODEL_PORT, modelEndpoints, privateAddressOf } from "./inference.ts";
import { providerOf } from "./installed-addons.ts";
import {
  bucketKeyPath,
  clusterName,
  CREDENTIALS_KEYS,
  credentialFile,
  DATABASE_ROLES,
  databaseName,
  databaseReplicasPath,
  databaseSecretPath,
  inClusterHost,
  messagesSecretPath,
  modelCredentialPath,
  namespaces,
  SECRET_PROPERTY,
  secretPath,
  urlVariable,
  wakeUpsSecretPath,
} from "./names.ts";
import type { StoredSecret } from "./secrets.ts";
import { calledHosts, type Dependency, internetPorts, type Service } from "./service.ts";

/** Where a dependency is met. */
export interface Where {
  readonly environment: Environment;
  readonly services: readonly Service[];
  /** The installed ones. */
  readonly addons: readonly Addon[];
}

/** What one dependency of a service results in. */
export interface Needs {
  /** Environment variables of its pods. */
  readonly variables: Readonly<Record<string, string>>;
  /** Secrets that it reads, each as a file. */
  readonly secrets: readonly ServiceSecret[];
  /** Where its pods connect to. */
  readonly connections: readonly Pick<Connection, "to" | "port">[];
}

export interface ServiceSecret {
  readonly stored: Omit<StoredSecret, "readers">;
  readonly file: string;
  readonly property: string;
  /** Other readers than the service. @default - none */
  readonly readers?: readonly string[];
}

type Table = {
  readonly [Kind in Dependency["kind"]]: (
    use: Extract<Dependency, { kind: Kind }>,
    service: Service,
    where: Where,
  ) => Needs;
};

/** Every kind of dependency, and all that it needs: a kind that is missing here does not compile. */
const table: Table = {
  database: ({ of, readsReplicas }, service, where) => ({
    variables: {},
    secrets: [
      {
        stored: {
          path: databaseSecretPath(where.environment, service),
          resource: `${service.name}-database`,
          made: {
            kind: "database-role",
            username: databaseName(service),
            database: databaseName({ name: of ?? service.name }),
          },
        },
        file: "database-url",
        property: "url",
        readers: [DATABASE_ROLES],
      },
      ...(readsReplicas && hasReadReplicas(where.environment) ? [replicasOf(where.environment)] : []),
    ],
    connections: [databaseServer(where)],
  }),
  queue: (_use, service, where) => {
    const provider = providerOf(where.addons, "wake-ups");
    // Without a provider services wake each other through Postgres. Whoever accepts executions has to know the models.
    if (!provider) return { ...nothing, variables: modelVariables(where) };
    return {
      variables: modelVariables(where),
      secrets: [
        {
          stored: {
            path: wakeUpsSecretPath(where.environment, service),
            resource: `${service.name}-redis`,
            made: {
              kind: "url",
              url: provider.url.replace("{host}", provider.host).replace("{port}", String(provider.port)),
              password: `${clusterName(where.environment)}/${provider.password}`,
            },
          },
          file: "redis-url",
          property: "url",
        },
      ],
      connections: [{ to: provider.pods, port: provider.port }],
    };
  },
  messages: (_use, service, where) => {
    const provider = providerOf(where.addons, "messages");
    if (!provider) return nothing;
    return {
      variables: {},
      secrets: [
        {
          stored: {
            path: messagesSecretPath(where.environment, service),
            resource: `${service.name}-amqp`,
            made: {
              kind: "url",
              url: provider.url
                .replace("{user}", service.name)
                .replace("{host}", provider.host)
                .replace("{port}", String(provider.port)),
              password: secretPath(where.environment, provider.passwords, service.name),
            },
          },
          file: "amqp-url",
          property: "url",
        },
      ],
      connections: [{ to: provider.pods, port: provider.port }],
    };
  },
  service: ({ service: name }, _service, where) => ({
    ...nothing,
    variables: Object.fromEntries(
      serviceConnections(name, where).map(({ port }) => [
        urlVariable(name),
        `http://${inClusterHost(name, namespaces.application)}:${port}`,
      ]),
    ),
    connections: serviceConnections(name, where),
  }),
  models: (_use, _service, where) => ({
    variables: { ...modelVariables(where), ...egress(where).variables },
    secrets: credentials(where.environment),
    // Tenants have endpoints of their own on the internet.
    connections: [...modelConnections(where), ...egress(where).connections],
  }),
  secret: ({ name, of }, _service, { environment, services }) => ({
    ...nothing,
    secrets: services
      .filter((service) => service.name === of)
      .flatMap(({ secrets }) => secrets.filter((secret) => secret.name === name))
      .map(({ bytes }) => ({
        stored: { path: secretPath(environment, of, name), resource: name, made: { kind: "random", bytes } },
        ...{ file: name, property: SECRET_PROPERTY },
      })),
  }),
  oidc: (_use, _service, where) => {
    const { oidc } = where.environment;
    if (oidc === undefined) return nothing;
    const { variables, ...way } = egress(where);
    return { ...way, variables: { ...variables, PROMPTOPS_OIDC: JSON.stringify(oidc) } };
  },
  "tenant-hosts": (_use, _service, where) => egress(where),
  objects: (_use, _service, where) => objectNeeds(where),
};

/** The bucket of objects, through the egress proxy; nothing where there is no object storage. */
function objectNeeds(where: Where): Needs {
  const { environment } = where;
  const bucket = bucketOf(environment, "objects");
  if (!bucket) return nothing;
  const { variables, connections } = egress(where);
  const { name, ...place } = bucket;
  return {
    variables: { ...variables, PROMPTOPS_OBJECTS: JSON.stringify({ bucket: name, ...place }) },
    secrets: factsOf(environment).objectStorage === "by-key" ? objectKeys(environment) : [],
    connections: [...connections, ...cloudIdentity(environment)],
  };
}

/** The agent that tells pods who they are in the cloud, where there is one. */
const cloudIdentity = (environment: Environment): Needs["connections"] =>
  factsOf(environment).podIdentity === "agent" ? [{ to: identityAgent, port: IDENTITY_AGENT.port }] : [];

const objectKeys = (environment: Environment): ServiceSecret[] =>
  (
    [
      ["objects-access-key", CREDENTIALS_KEYS.access],
      ["objects-secret-key", CREDENTIALS_KEYS.secret],
    ] as const
  ).map(([file, property]) => ({
    stored: {
      path: bucketKeyPath(environment, "objects"),
      resource: "object-credentials",
      made: { kind: "bucket-key", bucket: "objects" },
    },
    ...{ file, property },
  }));

const replicasOf = (environment: Environment): ServiceSecret => ({
  stored: {
    path: databaseReplicasPath(environment),
    resource: "database-replicas",
    made: { kind: "database-replicas" },
  },
  file: "database-replicas",
  property: SECRET_PROPERTY,
});

const nothing: Needs = { variables: {}, secrets: [], connections: [] };

/** What a service's dependencies come to, in the order in which it names them, and the hosts that it calls. */
export function dependenciesOf(service: Service, where: Where): Needs[] {
  const needs = service.uses.map((use) => needsOf(use, service, where));
  const calls = calledHosts(service).length > 0 ? [egress(where)] : [];
  const opened = internetPorts(service).map((port) => ({ to: internet, port }));
  return [...needs, ...calls, ...(opened.length > 0 ? [{ ...nothing, connections: opened }] : [])];
}

/**
 * The way to hosts on the internet, through the one service that may connect to them. A NetworkPolicy knows no host names, so that any
 * other pod would need a way to every public address.
 */
function egress(where: Where): Needs {
  const proxy = where.services.find((service) => internetPorts(service).length > 0);
  if (!proxy) return nothing;
  const url = `http://${inClusterHost(proxy.name, namespaces.application)}:${proxy.listens.http ?? 0}`;
  return { ...nothing, variables: { PROMPTOPS_EGRESS_PROXY: url }, connections: serviceConnections(proxy.name, where) };
}

function needsOf<Use extends Dependency>(use: Use, service: Service, where: Where): Needs {
  const resolve = table[use.kind] as (use: Use, service: Service, where: Where) => Needs;
  return resolve(use, service, where);
}

/** Where Postgres answers, in the cluster or outside it. */
export function databaseServer({ environment, addons }: Where): { to: Party; port: number } {
  const provider = postgresIsInCluster(environment) ? providerOf(addons, "postgres") : undefined;
  return provider
    ? { to: provider.pods, port: provider.port }
    : { to: { kind: "database" }, port: databasePortOf(environment) };
}

function modelVariables({ environment, ...beside }: Where): Record<string, string> {
  const models = modelEndpoints(environment, beside);
  return models.length > 0 ? { PROMPTOPS_MODELS: JSON.stringify(models) } : {};
}

function credentials(environment: Environment): ServiceSecret[] {
  const names = new Set((environment.models ?? []).flatMap(({ credential }) => credential ?? []));
  return [...names]
    .toSorted()
    .map((name) => ({
      stored: { path: modelCredentialPath(environment, name), resource: `models-${name}`, made: { kind: "supplied" } },
      file: credentialFile(name),
      property: SECRET_PROPERTY,
    }));
}

function modelConnections(where: Where): Needs["connections"] {
  const { environment, addons } = where;
  const hosted = hostedModels(environment, addons).map(({ name }) => ({
    to: workloadPods(namespaces.inference, name),
    port: MODEL_PORT,
  }));
  const own = (environment.models ?? []).flatMap(({ service }) =>
    service === undefined ? [] : serviceConnections(service, where),
  );
  const elsewhere = (environment.models ?? []).flatMap(({ endpoint, private: isPrivate }) => {
    const at = isPrivate && endpoint !== undefined ? privateAddressOf(endpoint) : undefined;
    return at ? [{ to: { kind: "address", address: at.address } as const, port: at.port }] : [];
  });
  return [...hosted, ...own, ...elsewhere];
}

/** The way to another of our services. */
function serviceConnections(name: string, { services }: Where): Needs["connections"] {
  const port = services.find((callee) => callee.name === name)?.listens.http;
  return port === undefined ? [] : [{ to: workloadPods(namespaces.application, name), port }];
}
