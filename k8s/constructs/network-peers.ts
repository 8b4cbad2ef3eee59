import { namespaces } from "../../platform/names.ts";
import { IntOrString, type NetworkPolicyPeer, type NetworkPolicyPort } from "../objects.ts";
import { selectorLabels } from "./labels.ts";

/** One side of an allowed connection, and the ports that it uses there. */
export interface Peer {
  readonly peers: readonly NetworkPolicyPeer[];
  readonly ports: readonly NetworkPolicyPort[];
}

const NAMESPACE_NAME = "kubernetes.io/metadata.name";

export function tcp(...ports: readonly number[]): NetworkPolicyPort[] {
  return ports.map((port) => ({ port: IntOrString.fromNumber(port), protocol: "TCP" }));
}

export function udp(...ports: readonly number[]): NetworkPolicyPort[] {
  return ports.map((port) => ({ port: IntOrString.fromNumber(port), protocol: "UDP" }));
}

export function pods(namespace: string, labels: Readonly<Record<string, string>>): NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: namespace } },
    // No labels mean every pod; an empty map of them is dropped by the API server.
    podSelector: Object.keys(labels).length > 0 ? { matchLabels: { ...labels } } : {},
  };
}

export const workload = (namespace: string, name: string): NetworkPolicyPeer => pods(namespace, selectorLabels(name));

export function addresses(cidr: string, except: readonly string[] = []): NetworkPolicyPeer {
  return { ipBlock: { cidr, ...(except.length > 0 && { except: [...except] }) } };
}

/** The cluster's DNS, which everything needs. */
export const dns: Peer = {
  peers: [pods(namespaces.system, { "k8s-app": "kube-dns" })],
  ports: ["UDP", "TCP"].map((protocol) => ({ port: IntOrString.fromNumber(53), protocol })),
};
