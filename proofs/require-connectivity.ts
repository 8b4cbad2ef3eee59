import { complementOf, notTheInternet } from "../platform/addresses.ts";
import { type Connection, IDENTITY_AGENT, type Party, partyName, type Pods } from "../platform/connections.ts";
import { type PodSpec, selects } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import {
  addressesOf,
  type Area,
  areaDifference,
  difference,
  formatAddresses,
  formatPorts,
  type Interval,
  union,
} from "./intervals.ts";
import { type Direction, Network, type PodKind } from "./network.ts";
import { type Dial, dialsOf } from "./dials.ts";
import { portNumber } from "./hosts.ts";
import type { Proof } from "./proof.ts";

/** Pods of the plan. */
interface Node extends PodKind {
  readonly name: string;
  /** In a namespace without our policies: only connections from our pods are checked. */
  readonly guest: boolean;
}

/** The ports on which one party connects to another. */
export interface Cell {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  readonly allowed: boolean;
  readonly expected: boolean;
}

/** The cloud's metadata service, which returns the credentials of the node to any pod. */
const METADATA = addressesOf("169.254.169.254/32");
const DNS = { kind: "pods", namespace: "kube-system", name: "DNS", labels: { "k8s-app": "kube-dns" } } as const;
const DNS_PORTS: readonly Interval[] = [[53, 53]];

export const requireConnectivity: Proof = {
  name: "require-connectivity",
  claim:
    "Policies allow exactly the connections that descriptors need, on every port and to every address; no pod reaches the metadata service.",
  examine(plan) {
    const network = new Network(plan.objects.map(({ manifest }) => manifest));
    const nodes = nodesOf(plan);
    const cells = connectivity(plan);
    const dials = dialsOf(plan);
    const failures = [
      ...unmatchedFailures(plan, nodes),
      ...dials.flatMap((dial) => dialFailures(dial, { network, nodes, plan })),
      ...cells.filter(({ allowed, expected }) => allowed !== expected).map(describe),
      ...nodes
        .filter(({ guest }) => !guest)
        .flatMap((node) => [
          ...dnsFailures(network, node, plan),
          ...udpFailures(network, node),
          ...metadataFailures(network, node),
        ]),
    ];
    const open = cells.filter(({ allowed }) => allowed).length;
    return {
      evidence: [
        `${open} connections among ${nodes.length} kinds of pods and outside, as expected`,
        `${dials.length} that objects name: URLs, webhooks, scraping, routes and the Kubernetes API`,
      ],
      failures: [...new Set(failures)],
    };
  },
};

const describe = ({ from, to, ports, allowed }: Cell): string =>
  allowed
    ? `${from} can connect to ${to} on port ${ports}, but no descriptor needs it. Close it, or declare the connection.`
    : `${from} must connect to ${to} on port ${ports}, but a policy denies it. Open both ends.`;

/** Every connection that is allowed or expected, between pods of the plan and to addresses outside. */
export function connectivity(plan: Plan): Cell[] {
  const network = new Network(plan.objects.map(({ manifest }) => manifest));
  const nodes = nodesOf(plan);
  const ours = nodes.filter(({ guest }) => !guest);
  return [
    ...nodes.flatMap((from) =>
      nodes
        .filter((to) => !from.guest || !to.guest)
        .flatMap((to) => cellsBetween(network, plan.expected.connections, { from, to })),
    ),
    ...ours.flatMap((node) => outsideCells(network, plan, node, "Egress")),
    ...ours.flatMap((node) => outsideCells(network, plan, node, "Ingress")),
  ];
}

function cellsBetween(
  network: Network,
  connections: readonly Connection[],
  { from, to }: { readonly from: Node; readonly to: Node },
): Cell[] {
  const expected = connections
    .filter((each) => isOf(each.from, from) && isOf(each.to, to))
    .map(({ port }): Interval => [port, port]);
  const allowed = network.portsBetween(from, to, "TCP");
  return compare(allowed, expected).map((cell) => ({ from: from.name, to: to.name, ...cell }));
}

function compare(allowed: readonly Interval[], expected: readonly Interval[]): Omit<Cell, "from" | "to">[] {
  const cells = (
    intervals: readonly Interval[],
    isAllowed: boolean,
    isExpected: boolean,
  ): Omit<Cell, "from" | "to">[] =>
    intervals.map((ports) => ({ ports: formatPorts(ports), allowed: isAllowed, expected: isExpected }));
  const surplus = difference(allowed, expected);
  return [
    ...cells(difference(allowed, surplus), true, true),
    ...cells(surplus, true, false),
    ...cells(difference(expected, allowed), false, true),
  ];
}

const isOf = (party: Party, node: Node): boolean =>
  party.kind === "pods" && party.namespace === node.namespace && selects({ matchLabels: party.labels }, node.labels);

function outsideCells(network: Network, plan: Plan, node: Node, direction: Direction): Cell[] {
  const outward = direction === "Egress";
  const parties = plan.expected.connections
    .filter(({ from, to }) => isOf(outward ? from : to, node))
    .map(({ from, to, port }) => ({ party: outward ? to : from, port }))
    .filter(({ party }) => party.kind !== "pods");
  const expected = parties.flatMap(({ party, port }) => areasOf(party, port, plan, direction));
  const allowed = network.outside(node, direction, "TCP");
  const cell = (other: string, ports: string, isAllowed: boolean, isExpected: boolean): Cell => ({
    ...(outward ? { from: node.name, to: other } : { from: other, to: node.name }),
    ...{ ports, allowed: isAllowed, expected: isExpected },
  });
  const missing = areaDifference(expected, allowed);
  return [
    ...(missing.length === 0
      ? parties.map(({ party, port }) => cell(partyName(party), String(port), true, true))
      : missing.map((area) => cell(formatAddresses(area.addresses), formatPorts(area.ports), false, true))),
    ...areaDifference(allowed, expected).map((area) =>
      cell(formatAddresses(area.addresses), formatPorts(area.ports), true, false),
    ),
  ];
}

/** The addresses of a party outside the cluster. */
function areasOf(party: Party, port: number, { addresses }: Plan, direction: Direction): Area[] {
  const blocks = {
    internet: () => complementOf(notTheInternet),
    anywhere: () => ["0.0.0.0/0"],
    database: () => addresses.database,
    "control plane": () => (direction === "Egress" ? addresses.controlPlane : addresses.callers),
    "identity agent": () => [`${IDENTITY_AGENT.address}/32`],
    address: () => (party.kind === "address" ? [`${party.address}/32`] : []),
    pods: () => [],
  }[party.kind]();
  return union(blocks.map(addressesOf)).map((block) => ({ addresses: block, ports: [port, port] }));
}

/** All pods of the plan: ours, those of operators, those that sources render, and those that are only claimed. */
function nodesOf(plan: Plan): Node[] {
  const namespaces = new Set(
    plan.objects.filter(({ manifest }) => manifest.kind === "Namespace").map(({ manifest }) => manifest.metadata.name),
  );
  const known: (Pods & Pick<PodKind, "ports">)[] = [...plan.podSources, ...plan.operatedPods]
    // Policies do not apply to pods in the host network.
    .filter((source) => !("spec" in source && source.spec.hostNetwork))
    .map((source) => ({
      ...{ kind: "pods", namespace: source.namespace, name: source.name, labels: source.labels },
      ports: "spec" in source ? namedPorts(source.spec) : {},
    }));
  const claimed: typeof known = plan.addons
    .filter(({ objects }) => objects.length === 0)
    .flatMap((addon) => addon.claimed)
    .filter((pods) => !known.some((each) => covers(pods, each)));
  return [...known, ...claimed].map(({ namespace, name, labels, ports = {} }) => ({
    name: `${namespace}/${name}`,
    namespace,
    labels,
    ports,
    guest: !namespaces.has(namespace),
  }));
}

const namedPorts = ({ containers }: PodSpec): Record<string, number> =>
  Object.fromEntries(
    containers.flatMap(({ ports = [] }) =>
      ports.flatMap(({ name, containerPort }) => (name === undefined ? [] : [[name, containerPort] as const])),
    ),
  );

const covers = (pods: Pods, other: Pods): boolean =>
  pods.namespace === other.namespace && selects({ matchLabels: pods.labels }, other.labels);

/** A connection of pods that do not exist would never be checked. */
function unmatchedFailures(plan: Plan, nodes: readonly Node[]): string[] {
  const parties = plan.expected.connections.flatMap(({ from, to }) => [from, to]);
  const unmatched = parties.filter(
    (party): party is Pods => party.kind === "pods" && !nodes.some((node) => isOf(party, node)),
  );
  return [...new Map(unmatched.map((pods) => [partyName(pods), pods])).values()].map(
    ({ namespace, name, labels }) =>
      `A connection names the pods ${namespace}/${name} (${JSON.stringify(labels)}), but the plan has none. Correct their labels or namespace.`,
  );
}

interface Where {
  readonly network: Network;
  readonly nodes: readonly Node[];
  readonly plan: Plan;
}

/** A connection that an object names must lead somewhere, be declared, and be open at both ends. */
function dialFailures({ by, from, to }: Dial, where: Where): string[] {
  if (to.kind === "nothing") return [`${by} nothing in the cluster answers there. Correct the host or the port.`];
  const port = to.kind === "pods" ? portNumber(to.pods, where.plan) : undefined;
  if (to.kind === "pods" && port === undefined)
    return [`${by} no pod has the port '${String(to.pods.port)}'. Correct its name.`];
  const targets = to.kind === "pods" ? where.nodes.filter((node) => isBehind(to.pods, node)) : [];
  if (to.kind === "pods" && targets.length === 0) return [`${by} no pods are behind it. Correct its selector.`];
  const ends = { targets, to, port: port ?? 0 };
  if (from === "control plane") return calledFailures(by, ends, where);
  return where.nodes
    .filter((node) => isBehind(from, node))
    .flatMap((node) => [...pairFailures(by, node, ends, where), ...outwardFailures(by, node, to, where)]);
}

const isBehind = (pods: PodKind, node: Node): boolean =>
  pods.namespace === node.namespace && selects({ matchLabels: pods.labels }, node.labels);

interface Ends {
  readonly targets: readonly Node[];
  readonly port: number;
}

const denied = (by: string, from: string, to: string, port: number): string =>
  `${by} ${from} must connect to ${to} on port ${port}, but no descriptor says so, and a policy denies it. Declare the connection.`;

/** Whether the list of expected connections has one; then the comparison with the policies says whether it is open. */
const isDeclared = (
  { expected }: Plan,
  port: number,
  isFrom: (party: Party) => boolean,
  isTo: (party: Party) => boolean,
): boolean => expected.connections.some((each) => each.port === port && isFrom(each.from) && isTo(each.to));

const pairFailures = (by: string, from: Node, { targets, port }: Ends, { network, plan }: Where): string[] =>
  targets
    .filter((to) => difference([[port, port]], network.portsBetween(from, to, "TCP")).length > 0)
    .filter(
      (to) =>
        !isDeclared(
          plan,
          port,
          (party) => isOf(party, from),
          (party) => isOf(party, to),
        ),
    )
    .map((to) => denied(by, from.name, to.name, port));

/** The control plane calls from outside, or through pods that tunnel its calls. */
function calledFailures(by: string, { targets, port }: Ends, where: Where): string[] {
  const { network, nodes, plan } = where;
  const { caller } = plan.expected.controlPlane;
  const tunnels = nodes.filter((node) => isOf(caller, node));
  const callers = areasOf(caller, port, plan, "Ingress");
  return [
    ...tunnels.flatMap((from) => pairFailures(by, from, { targets, port }, where)),
    ...targets
      .filter((to) => areaDifference(callers, network.outside(to, "Ingress", "TCP")).length > 0)
      .filter(
        (to) =>
          !isDeclared(
            plan,
            port,
            ({ kind }) => kind === caller.kind,
            (party) => isOf(party, to),
          ),
      )
      .map((to) => denied(by, partyName(caller), to.name, port)),
  ];
}

/** Connections to what is outside the cluster. */
function outwardFailures(by: string, from: Node, to: Dial["to"], { network, plan }: Where): string[] {
  if (to.kind === "pods" || to.kind === "nothing") return [];
  const party: Party = to.kind === "address" ? { kind: "address", address: to.address } : { kind: to.kind };
  const ports = to.kind === "control plane" ? plan.expected.controlPlane.ports : [to.port];
  const open = network.outside(from, "Egress", "TCP");
  return ports
    .filter((port) => areaDifference(areasOf(party, port, plan, "Egress"), open).length > 0)
    .filter(
      (port) =>
        !isDeclared(
          plan,
          port,
          (each) => isOf(each, from),
          (each) => partyName(each) === partyName(party),
        ),
    )
    .map((port) => denied(by, from.name, partyName(party), port));
}

/** Pods of any connection need DNS, which no descriptor lists. Others are cut off from everything. */
function dnsFailures(network: Network, node: Node, { expected }: Plan): string[] {
  if (!expected.connections.some(({ from, to }) => isOf(from, node) || isOf(to, node))) return [];
  return (["UDP", "TCP"] as const)
    .filter((protocol) => difference(DNS_PORTS, network.portsBetween(node, DNS, protocol)).length > 0)
    .map((protocol) => `${node.name}: a policy denies it DNS over ${protocol}. Allow port 53.`);
}

/** Only DNS needs UDP. */
function udpFailures(network: Network, node: Node): string[] {
  return network
    .outside(node, "Egress", "UDP")
    .map(
      ({ addresses, ports }) =>
        `${node.name} can connect to ${formatAddresses(addresses)} on port ${formatPorts(ports)} over UDP, but no descriptor needs it. Close it.`,
    );
}

function metadataFailures(network: Network, node: Node): string[] {
  const reached = network
    .outside(node, "Egress", "TCP")
    .filter(({ addresses: [first, last] }) => first <= METADATA[0] && METADATA[0] <= last);
  return reached.length > 0
    ? [`${node.name} can reach the metadata service, which exposes the credentials of its node. Close it.`]
    : [];
}
