import type { Protocol } from "../../platform/connections.ts";
import { memoizeOf } from "../../platform/memoize.ts";
import { type KubernetesObject, type Labels, type LabelSelector, selects } from "../../plan/model/kubernetes.ts";
import {
  addressesOf,
  ALL_ADDRESSES,
  ALL_PORTS,
  type Area,
  difference,
  type Interval,
  intersection,
  union,
} from "./intervals.ts";

/** Pods with the same namespace and labels: policies cannot tell them apart. */
export interface PodKind {
  readonly namespace: string;
  readonly labels: Labels;
  /** Numbers of the ports that its containers name. @default - none */
  readonly ports?: Readonly<Record<string, number>>;
}

export type Direction = "Ingress" | "Egress";

interface PolicyPort {
  readonly port?: number | string;
  readonly endPort?: number;
  readonly protocol?: string;
}

interface IpBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

interface PolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: IpBlock;
}

interface PolicySpec {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly { readonly from?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
  readonly egress?: readonly { readonly to?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
}

interface Rule {
  /** Of the policy. */
  readonly namespace: string;
  /** Undefined allows every peer. */
  readonly peers: readonly PolicyPeer[] | undefined;
  readonly ports: readonly PolicyPort[] | undefined;
}

/** Evaluates NetworkPolicies as Kubernetes does. A pod that no policy selects is open in that direction. */
export class Network {
  readonly #policies: readonly { namespace: string; spec: PolicySpec }[];
  readonly #namespaces: ReadonlyMap<string, Labels>;
  readonly #podAddresses: readonly Interval[];

  /**
   * @param podAddresses - where pods have their addresses. A block that contains some of them matches any pod, as most network
   * plug-ins have it. Without them, blocks match no pod, as in Cilium: what is open then is open everywhere.
   */
  constructor(objects: readonly KubernetesObject[], podAddresses: readonly Interval[] = []) {
    this.#podAddresses = podAddresses;
    this.#policies = objects
      .filter(({ kind }) => kind === "NetworkPolicy")
      .map(({ metadata, spec }) => ({ namespace: metadata.namespace ?? "default", spec: spec ?? {} }));
    this.#namespaces = new Map(
      objects
        .filter(({ kind }) => kind === "Namespace")
        .map(({ metadata: { name, labels } }) => [name, { ...labels, ...nameLabel(name) }]),
    );
  }

  /** The ports on which pods may connect to other pods. Both ends must allow a connection. */
  portsBetween(from: PodKind, to: PodKind, protocol: Protocol): Interval[] {
    const out = this.#portsTo(from, "Egress", to, protocol);
    return out.length === 0 ? [] : intersection(out, this.#portsTo(to, "Ingress", from, protocol));
  }

  /** The addresses outside the cluster that pods may connect to, or that may connect to pods. */
  outside(pods: PodKind, direction: Direction, protocol: Protocol): Area[] {
    const rules = this.#rulesOf(pods, direction);
    if (!rules) return [{ addresses: ALL_ADDRESSES, ports: ALL_PORTS }];
    return rules.flatMap(({ peers, ports }) => {
      const blocks =
        peers === undefined ? [ALL_ADDRESSES] : peers.flatMap(({ ipBlock }) => (ipBlock ? covered(ipBlock) : []));
      return portsOf(ports, protocol, direction === "Ingress" ? pods : undefined).flatMap((range) =>
        blocks.map((addresses) => ({ addresses, ports: range })),
      );
    });
  }

  #portsTo(pods: PodKind, direction: Direction, other: PodKind, protocol: Protocol): Interval[] {
    const rules = this.#rulesOf(pods, direction);
    if (!rules) return [ALL_PORTS];
    return union(
      rules
        .filter(
          ({ peers, namespace }) => peers === undefined || peers.some((peer) => this.#isPeer(peer, namespace, other)),
        )
        .flatMap(({ ports }) => portsOf(ports, protocol, direction === "Ingress" ? pods : other)),
    );
  }

  /** The rules of the policies that select the pods; undefined if none does. */
  #rulesOf(pods: PodKind, direction: Direction): readonly Rule[] | undefined {
    return this.#rules[direction](pods);
  }

  readonly #rules = {
    Egress: memoizeOf((pods: PodKind) => this.#findRules(pods, "Egress")),
    Ingress: memoizeOf((pods: PodKind) => this.#findRules(pods, "Ingress")),
  };

  #findRules(pods: PodKind, direction: Direction): readonly Rule[] | undefined {
    const selecting = this.#policies.filter(
      ({ namespace, spec }) =>
        namespace === pods.namespace &&
        selects(spec.podSelector ?? {}, pods.labels) &&
        typesOf(spec).includes(direction),
    );
    if (selecting.length === 0) return undefined;
    return selecting.flatMap(({ namespace, spec }) => rulesIn(spec, direction).map((rule) => ({ namespace, ...rule })));
  }

  #isPeer({ podSelector, namespaceSelector, ipBlock }: PolicyPeer, policyNamespace: string, other: PodKind): boolean {
    if (ipBlock) return this.#holdsPods(ipBlock);
    const inNamespace = namespaceSelector
      ? selects(namespaceSelector, this.#labelsOf(other.namespace))
      : other.namespace === policyNamespace;
    return inNamespace && (podSelector === undefined || selects(podSelector, other.labels));
  }

  readonly #holdsPods = memoizeOf((block: IpBlock) => intersection(covered(block), this.#podAddresses).length > 0);

  #labelsOf(namespace: string): Labels {
    return this.#namespaces.get(namespace) ?? nameLabel(namespace);
  }
}

/** The API server labels every namespace with its name. */
const nameLabel = (namespace: string): Labels => ({ "kubernetes.io/metadata.name": namespace });

/** The default of `policyTypes`: Ingress, and Egress if the policy has egress rules. */
const typesOf = ({ policyTypes, egress }: PolicySpec): readonly string[] =>
  policyTypes ?? ["Ingress", ...(egress ? ["Egress"] : [])];

function rulesIn({ ingress = [], egress = [] }: PolicySpec, direction: Direction): Omit<Rule, "namespace">[] {
  return direction === "Ingress"
    ? ingress.map(({ from, ports }) => ({ peers: from, ports }))
    : egress.map(({ to, ports }) => ({ peers: to, ports }));
}

/** The port numbers of a rule. A name means the port that the receiving pod's containers call so, if they have one. */
function portsOf(
  ports: readonly PolicyPort[] | undefined,
  protocol: Protocol,
  receiver: PodKind | undefined,
): Interval[] {
  if (ports === undefined) return [ALL_PORTS];
  return ports
    .filter((port) => (port.protocol ?? "TCP") === protocol)
    .flatMap(({ port, endPort }): Interval[] => {
      if (port === undefined) return [ALL_PORTS];
      const number = typeof port === "number" ? port : receiver?.ports?.[port];
      return number === undefined ? [] : [[number, endPort ?? number]];
    });
}

const covered = ({ cidr, except = [] }: IpBlock): Interval[] =>
  difference([addressesOf(cidr)], except.map(addressesOf));
