import { type Cloud, capabilities } from "./clouds.ts";
import { DATABASE_PORT, postgresIsInCluster } from "./database.ts";
import { DATABASE_ROLES } from "./declared-secrets.ts";
import type { Environment } from "./environment.ts";
import { hostedModels, MODEL_PORT } from "./inference.ts";
import { namespaces, postgresCluster, preparationName, weightsJob } from "./names.ts";
import { callsModels, databaseOf, type Service, usesQueue } from "./service.ts";

/** Pods, by their workload's name or by what stands for a controller of somebody else's; or somewhere outside of the cluster. */
export type Party =
  | { readonly kind: "pods"; readonly namespace: string; readonly name: string }
  | { readonly kind: "database" | "internet" | "private networks" | "control plane" };

/** A connection that somebody was declared to need. */
export interface DeclaredConnection {
  readonly from: Party;
  readonly to: Party;
  readonly port: number;
}

type Pods = Extract<Party, { kind: "pods" }>;
const pods = (name: string, namespace: string = namespaces.application): Pods => ({ kind: "pods", namespace, name });
/** What the front door's and Prometheus' pods are called here; both are made by somebody else's controller. */
export const GATEWAY_PODS = pods("gateway", namespaces.gateway);
export const PROMETHEUS_PODS = pods("prometheus", namespaces.observability);
/** The pods that answer Let's Encrypt, and Istio's control plane, which the front door asks for its configuration. */
export const SOLVER_PODS = pods("acme-solver", namespaces.gateway);
export const ISTIOD_PODS = pods("istiod", namespaces.mesh);
/** The end of the tunnel by which a control plane outside of the nodes' network comes in. */
export const TUNNEL_PODS = pods("konnectivity-agent", namespaces.system);
export const SOLVER_PORT = 8089;
export const ISTIOD_PORT = 15_012;
/** The front door is open to every address. */
const OUTSIDE = ["internet", "private networks", "database", "control plane"] as const;
const INTERNET: Party = { kind: "internet" };
const HTTPS = 443;

/** Ports of what others' software runs in the cluster; the same in its policies. */
export const addonPorts = {
  postgres: { status: 8000, metrics: 9187, operatorWebhook: 9443, operatorMetrics: 8080, plugin: 9090 },
  valkey: { port: 6379, metrics: 9121 },
  rabbitmq: { amqp: 5672, metrics: 15_692, discovery: 4369, cluster: 25_672 },
} as const;

/** Where the Kubernetes API answers pods, and on which ports. */
export function controlPlaneOf(cloud: Cloud): ControlPlane {
  const { provisionsNodes, ownNetwork } = capabilities[cloud];
  if (!provisionsNodes) {
    const party: Party = { kind: "private networks" };
    return { party, ports: [HTTPS, 6443], caller: party };
  }
  if (!ownNetwork) return { party: INTERNET, ports: [HTTPS], caller: TUNNEL_PODS };
  const party: Party = { kind: "control plane" };
  return { party, ports: [HTTPS], caller: party };
}

interface ControlPlane {
  readonly party: Party;
  readonly ports: readonly number[];
  /** From where the API server calls webhooks. */
  readonly caller: Party;
}

/** Who was declared to connect to whom, from the description alone. Everything asks the name server; that is not listed. */
export function declaredConnections(environment: Environment, services: readonly Service[]): DeclaredConnection[] {
  const exposed = services.some((service) => service.exposed !== undefined);
  return [
    ...services.flatMap((service) => serviceConnections(service, services)),
    ...(exposed
      ? [
          { from: GATEWAY_PODS, to: SOLVER_PODS, port: SOLVER_PORT },
          { from: GATEWAY_PODS, to: ISTIOD_PODS, port: ISTIOD_PORT },
        ]
      : []),
    ...(exposed
      ? OUTSIDE.flatMap((kind) => [80, HTTPS].map((port) => ({ from: { kind }, to: GATEWAY_PODS, port })))
      : []),
    ...databaseConnections(environment, services),
    ...valkeyConnections(environment, services),
    ...rabbitmqConnections(environment),
    ...modelConnections(environment, services),
  ];
}

function serviceConnections(service: Service, services: readonly Service[]): DeclaredConnection[] {
  const { name, listens, exposed, uses, callsOut } = service;
  const called = uses.flatMap((use) =>
    use.kind === "service" ? services.filter((callee) => callee.name === use.service) : [],
  );
  return [
    { from: PROMETHEUS_PODS, to: pods(name), port: listens.metrics },
    ...(exposed && listens.http !== undefined ? [{ from: GATEWAY_PODS, to: pods(name), port: listens.http }] : []),
    ...called.flatMap((callee) =>
      callee.listens.http === undefined ? [] : [{ from: pods(name), to: pods(callee.name), port: callee.listens.http }],
    ),
    ...(callsOut.length > 0 ? [{ from: pods(name), to: INTERNET, port: HTTPS }] : []),
  ];
}

function databaseConnections(environment: Environment, services: readonly Service[]): DeclaredConnection[] {
  const users = services.filter((service) => databaseOf(service) !== undefined);
  const callers = [
    ...users.map(({ name }) => name),
    ...users.filter(({ prepare }) => prepare).map(preparationName),
    ...(users.length > 0 ? [DATABASE_ROLES] : []),
  ].map((name) => pods(name));
  if (!postgresIsInCluster(environment)) {
    return callers.map((from) => ({ from, to: { kind: "database" }, port: DATABASE_PORT }));
  }
  const server = pods(postgresCluster, namespaces.data);
  const operator = pods("cloudnative-pg", namespaces.postgresOperator);
  const plugin = pods("barman-cloud", namespaces.postgresOperator);
  const { status, metrics, operatorMetrics } = addonPorts.postgres;
  return [
    ...[...callers, operator, server].map((from) => ({ from, to: server, port: DATABASE_PORT })),
    ...[operator, server].map((from) => ({ from, to: server, port: status })),
    { from: PROMETHEUS_PODS, to: server, port: metrics },
    { from: PROMETHEUS_PODS, to: operator, port: operatorMetrics },
    ...toControlPlane(environment, [server, operator]),
    ...(capabilities[environment.cloud].objectStorage
      ? [
          { from: server, to: INTERNET, port: HTTPS },
          { from: operator, to: plugin, port: addonPorts.postgres.plugin },
          ...toControlPlane(environment, [plugin]),
        ]
      : []),
    ...webhook(environment, operator, addonPorts.postgres.operatorWebhook),
  ];
}

function valkeyConnections({ valkey }: Environment, services: readonly Service[]): DeclaredConnection[] {
  if (!valkey) return [];
  const server = pods("valkey", namespaces.data);
  return [
    { from: server, to: server, port: addonPorts.valkey.port },
    ...services.filter(usesQueue).map(({ name }) => ({ from: pods(name), to: server, port: addonPorts.valkey.port })),
    { from: PROMETHEUS_PODS, to: server, port: addonPorts.valkey.metrics },
  ];
}

function rabbitmqConnections(environment: Environment): DeclaredConnection[] {
  if (!environment.rabbitmq) return [];
  const server = pods("rabbitmq", namespaces.data);
  const operator = pods("rabbitmq-cluster-operator", namespaces.rabbitmqOperator);
  const { amqp, metrics, discovery, cluster } = addonPorts.rabbitmq;
  return [
    { from: PROMETHEUS_PODS, to: server, port: metrics },
    ...[amqp, discovery, cluster].map((port) => ({ from: server, to: server, port })),
    ...toControlPlane(environment, [server, operator]),
  ];
}

function modelConnections(environment: Environment, services: readonly Service[]): DeclaredConnection[] {
  const cached = capabilities[environment.cloud].sharedFiles;
  return hostedModels(environment).flatMap(({ name }) => {
    const server = pods(name, namespaces.inference);
    const fetches = cached ? pods(weightsJob(name), namespaces.inference) : server;
    return [
      ...services.filter(callsModels).map((service) => ({ from: pods(service.name), to: server, port: MODEL_PORT })),
      { from: PROMETHEUS_PODS, to: server, port: MODEL_PORT },
      { from: fetches, to: INTERNET, port: HTTPS },
    ];
  });
}

function toControlPlane({ cloud }: Environment, from: readonly Party[]): DeclaredConnection[] {
  const { party, ports } = controlPlaneOf(cloud);
  return from.flatMap((each) => ports.map((port) => ({ from: each, to: party, port })));
}

/** The API server asks an operator about what is applied, from wherever it stands. */
function webhook({ cloud }: Environment, operator: Party, port: number): DeclaredConnection[] {
  return [{ from: controlPlaneOf(cloud).caller, to: operator, port }];
}
