/** Who opens or accepts a connection. */
export type Party =
  | Pods
  /** A Postgres server that the cloud runs. */
  | { readonly kind: "database" }
  /** Public addresses. */
  | { readonly kind: "internet" }
  /** Every address outside the cluster. */
  | { readonly kind: "anywhere" }
  /** The Kubernetes API. */
  | { readonly kind: "control plane" }
  /** Programs in the network of each node: the kubelet, and pods that run there. */
  | { readonly kind: "nodes" }
  /** The agent on each node that gives pods their rights in the cloud. */
  | { readonly kind: "identity agent" }
  /** One address outside the cluster, in dotted form. */
  | { readonly kind: "address"; readonly address: string };

/** Pods of a namespace that have these labels. `name` is for readers, and for the policy that is made of it. */
export interface Pods {
  readonly kind: "pods";
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A connection that somebody needs. Policies on both ends, and what is expected of them, follow from the list of these. */
export interface Connection {
  readonly from: Party;
  readonly to: Party;
  readonly port: number;
  /** UDP only between pods. @default "TCP" */
  readonly protocol?: Protocol;
}

export type Protocol = "TCP" | "UDP";

/** The label by which our pods are selected. */
export const NAME_LABEL = "app.kubernetes.io/name";

/** Pods of one of our workloads. */
export const workloadPods = (namespace: string, name: string): Pods => ({
  kind: "pods",
  namespace,
  name,
  labels: { [NAME_LABEL]: name },
});

export const HTTPS_PORT = 443;
export const internet: Party = { kind: "internet" };
export const anywhere: Party = { kind: "anywhere" };
export const controlPlane: Party = { kind: "control plane" };
export const nodes: Party = { kind: "nodes" };
export const identityAgent: Party = { kind: "identity agent" };
/** EKS Pod Identity's agent answers on every node at this link-local address. */
export const IDENTITY_AGENT = { address: "169.254.170.23", port: 80 } as const;

/** For messages and for telling parties apart. */
export function partyName(party: Party): string {
  if (party.kind === "pods") return `${party.namespace}/${party.name}`;
  return party.kind === "address" ? party.address : party.kind;
}
