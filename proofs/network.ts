import { blockSize, parseBlock } from "../platform/addresses.ts";
import { type KubernetesObject, type Labels, type LabelSelector, selects } from "../plan/model/kubernetes.ts";

/** One end of a connection. */
export type Endpoint =
  | { readonly kind: "pods"; readonly namespace: string; readonly labels: Labels }
  | { readonly kind: "address"; readonly address: string };

export interface Port {
  readonly number: number;
  readonly protocol: "TCP" | "UDP";
}

interface PolicyPort {
  readonly port?: number | string;
  readonly endPort?: number;
  readonly protocol?: string;
}

interface PolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface PolicySpec {
  readonly podSelector: LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly { readonly from?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
  readonly egress?: readonly { readonly to?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
}

/** Evaluates NetworkPolicies as Kubernetes says: a pod that no policy of a direction selects is open in that direction. */
export class Network {
  readonly #policies: readonly { namespace: string; spec: PolicySpec }[];
  readonly #namespaces: ReadonlyMap<string, Labels>;

  constructor(objects: readonly KubernetesObject[]) {
    this.#policies = objects
      .filter(({ kind }) => kind === "NetworkPolicy")
      .map(({ metadata, spec }) => ({ namespace: metadata.namespace ?? "default", spec: spec as PolicySpec }));
    this.#namespaces = new Map(
      objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => [metadata.name, metadata.labels ?? {}]),
    );
  }

  /** Whether `from` may open a connection to `to`: both ends have to let it. */
  allows(from: Endpoint, to: Endpoint, port: Port): boolean {
    return this.#opens("Egress", from, to, port) && this.#opens("Ingress", to, from, port);
  }

  #opens(direction: "Ingress" | "Egress", subject: Endpoint, other: Endpoint, port: Port): boolean {
    if (subject.kind === "address") return true;
    const selecting = this.#policies.filter(
      ({ namespace, spec }) =>
        namespace === subject.namespace &&
        selects(spec.podSelector, subject.labels) &&
        typesOf(spec).includes(direction),
    );
    if (selecting.length === 0) return true;
    return selecting.some(({ namespace, spec }) =>
      rulesOf(spec, direction).some(
        ({ peers, ports }) =>
          (ports === undefined || ports.some((each) => takes(each, port))) &&
          (peers === undefined || peers.some((peer) => this.#isPeer(peer, namespace, other))),
      ),
    );
  }

  #isPeer({ podSelector, namespaceSelector, ipBlock }: PolicyPeer, policyNamespace: string, other: Endpoint): boolean {
    if (other.kind === "address") return ipBlock !== undefined && covers(ipBlock, other.address);
    // A block is of addresses outside; what a pod's address is, no plan knows.
    if (ipBlock) return false;
    const inNamespace = namespaceSelector
      ? selects(namespaceSelector, this.#labelsOf(other.namespace))
      : other.namespace === policyNamespace;
    return inNamespace && (podSelector === undefined || selects(podSelector, other.labels));
  }

  /** The API server gives every namespace its name as a label. */
  #labelsOf(namespace: string): Labels {
    return { ...this.#namespaces.get(namespace), "kubernetes.io/metadata.name": namespace };
  }
}

/** Ingress always, Egress when there are rules for it: what Kubernetes takes where nothing is said. */
const typesOf = ({ policyTypes, egress }: PolicySpec): readonly string[] =>
  policyTypes ?? ["Ingress", ...(egress ? ["Egress"] : [])];

function rulesOf(
  { ingress = [], egress = [] }: PolicySpec,
  direction: "Ingress" | "Egress",
): { peers: readonly PolicyPeer[] | undefined; ports: readonly PolicyPort[] | undefined }[] {
  return direction === "Ingress"
    ? ingress.map(({ from, ports }) => ({ peers: from, ports }))
    : egress.map(({ to, ports }) => ({ peers: to, ports }));
}

function takes({ port, endPort, protocol = "TCP" }: PolicyPort, { number, protocol: asked }: Port): boolean {
  if (protocol !== asked) return false;
  if (port === undefined) return true;
  if (typeof port !== "number") throw new Error(`A policy names port '${port}' by name; only numbers are evaluated.`);
  return endPort === undefined ? number === port : number >= port && number <= endPort;
}

function covers({ cidr, except = [] }: NonNullable<PolicyPeer["ipBlock"]>, address: string): boolean {
  return contains(cidr, address) && !except.some((each) => contains(each, address));
}

function contains(cidr: string, address: string): boolean {
  const [block, host] = [parseBlock(cidr), parseBlock(`${address}/32`)];
  if (!block || !host) throw new Error(`'${block ? address : cidr}' is no IPv4 address in a policy.`);
  return host.start >= block.start && host.start < block.start + blockSize(block.prefix);
}
