import { eventually, type KubeObject } from "../cluster/client.ts";
import type { Listener } from "./connectivity.ts";
import { type NodeCluster, PROBER_IMAGE } from "./nodes.ts";

/** Pods of a workload, running. */
export interface Probe {
  readonly listener: Listener;
  readonly pods: readonly { readonly name: string; readonly address: string }[];
  /** Of a Service for them all. */
  readonly clusterAddress: string;
}

const ID = "test.promptops.io/workload";
/** The longest that a refused connection is waited for: a first packet is sent again after one second. */
export const DIAL_TIMEOUT = "2500ms";

/** Runs two pods for each workload, with a Service, each pod with its workload's labels. */
export async function startProbes(cluster: NodeCluster, listeners: readonly Listener[]): Promise<Probe[]> {
  const namespaces = [...new Set(listeners.map(({ namespace }) => namespace))];
  await cluster.apply(namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })));
  for (const listener of listeners) {
    await cluster.apply([serviceOf(listener)]);
    for (const index of replicas(listener)) {
      // A namespace gets its ServiceAccount a moment after it is made.
      await eventually(`pod of ${listener.name}`, () => cluster.apply([podOf(listener, index)]).then(() => true));
    }
  }
  return Promise.all(listeners.map((listener) => probeOf(cluster, listener)));
}

/** Two, so that pods of one workload can be asked about each other. Nobody asks that of guests. */
const replicas = ({ guest }: Listener): number[] => (guest ? [0] : [0, 1]);

async function probeOf(cluster: NodeCluster, listener: Listener): Promise<Probe> {
  const { namespace, id } = listener;
  const pods = await cluster.ready(namespace, `${ID}=${id}`, { least: replicas(listener).length, seconds: 240 });
  const service = await cluster.client.call(`/api/v1/namespaces/${namespace}/services/${nameOf(id)}`);
  return {
    listener,
    pods: pods.map(({ metadata, status }) => ({ name: metadata.name, address: status.podIP as string })),
    clusterAddress: service.body["spec"].clusterIP as string,
  };
}

/** Opens connections from a workload's first pod, and returns what became of each. */
export async function dial(
  cluster: NodeCluster,
  { listener: { namespace }, pods: [pod] }: Probe,
  targets: readonly string[],
): Promise<Record<string, string>> {
  const output = await cluster.exec({ namespace, name: pod?.name ?? "" }, "/prober", "dial", DIAL_TIMEOUT, ...targets);
  return JSON.parse(output) as Record<string, string>;
}

const nameOf = (id: string): string => `p-${id.replaceAll(".", "-")}`.slice(0, 60).replace(/-$/, "");

function serviceOf({ namespace, id, listens }: Listener): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: nameOf(id), namespace },
    spec: { selector: { [ID]: id }, ports: listens.map((port) => ({ name: `port-${port}`, port })) },
  };
}

function podOf({ namespace, id, labels, listens }: Listener, index: number): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `${nameOf(id)}-${index}`, namespace, labels: { ...labels, [ID]: id } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: "RuntimeDefault" },
        sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
      },
      containers: [
        {
          name: "prober",
          image: PROBER_IMAGE,
          args: ["listen", id, ...listens.map(String)],
          resources: { requests: { cpu: "1m", memory: "8Mi" }, limits: { memory: "32Mi" } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
}
