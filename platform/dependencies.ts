import type { Addon } from "./addon.ts";
import { type Connection, HTTPS_PORT, internet, type Party, workloadPods } from "./connections.ts";
import { databasePortOf, hasReadReplicas, postgresIsInCluster } from "./database.ts";
import type { Environment } from "./environment.ts";
import { hostedModels, MODEL_PORT, modelEndpoints, privateAddressOf } from "./inference.ts";
import { providerOf } from "./installed-addons.ts";
import {
  clusterName,
  credentialFile,
  DATABASE_ROLES,
  databaseName,
  databaseReplicasPath,
  databaseSecretPath,
  modelCredentialPath,
  namespaces,
  SECRET_PROPERTY,
  wakeUpsSecretPath,
} from "./names.ts";
import type { StoredSecret } from "./secrets.ts";
import type { Dependency, Service } from "./service.ts";

/** Where a dependency is met. */
export interface Where {
  readonly environment: Environment;
  readonly services: readonly Service[];
  /** The installed ones. */
  readonly addons: readonly Addon[];
}

/** What one dependency of a service comes to. */
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
  /** Who reads it besides the service. @default - nobody */
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
  service: ({ service: name }, _service, where) => ({ ...nothing, connections: serviceConnections(name, where) }),
  models: (_use, _service, where) => ({
    variables: modelVariables(where),
    secrets: credentials(where.environment),
    connections: modelConnections(where),
  }),
  oidc: (_use, _service, { environment: { oidc } }) =>
    oidc === undefined ? nothing : { ...calling, variables: { PROMPTOPS_OIDC: JSON.stringify(oidc) } },
};

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
/** A NetworkPolicy knows no host names: it opens HTTPS to every public address. */
const calling: Needs = { ...nothing, connections: [{ to: internet, port: HTTPS_PORT }] };

/** What a service's dependencies come to, in the order in which it names them, and the hosts that it calls. */
export function dependenciesOf(service: Service, where: Where): Needs[] {
  const needs = service.uses.map((use) => needsOf(use, service, where));
  return service.callsOut.length > 0 ? [...needs, calling] : needs;
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
