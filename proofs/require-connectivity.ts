import { count } from "../platform/count.ts";
import { type Connection, partyName, type Pods, type Protocol } from "../platform/connections.ts";
import { memoizeOf } from "../platform/memoize.ts";
import { appliedObjects } from "../plan/model/applied.ts";
import type { KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { dialFailures } from "./evaluation/dial-failures.ts";
import { dialsOf } from "./evaluation/dials.ts";
import {
  addressesOf,
  ALL_PORTS,
  areaDifference,
  difference,
  formatAddresses,
  formatPorts,
  type Interval,
  intersection,
  union,
} from "./evaluation/intervals.ts";
import { type Direction, Network } from "./evaluation/network.ts";
import { areasOf, isOf, type Node, nodesOf } from "./evaluation/parties.ts";
import type { Proof } from "./proof.ts";

/** The ports on which one party connects to another. */
export interface Cell {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  /** @default "TCP" */
  readonly protocol?: Protocol;
  readonly allowed: boolean;
  readonly expected: boolean;
}

/** The cloud's metadata service, which returns the credentials of the node to any pod. */
const METADATA = addressesOf("169.254.169.254/32");
const DNS = { kind: "pods", namespace: "kube-system", name: "DNS", labels: { "k8s-app": "kube-dns" } } as const;
const PROTOCOLS = ["UDP", "TCP"] as const;
const DNS_PORTS: readonly Interval[] = [[53, 53]];

export const requireConnectivity: Proof = {
  name: "require-connectivity",
  claim:
    "NetworkPolicies allow exactly the connections that descriptors need, on every port and to every address; no pod can reach the metadata service.",
  examine(plan) {
    const network = networkOf(plan);
    const nodes = nodesOf(plan);
    const cells = [...connectivity(plan), ...openedByBlocks(plan, nodes)];
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
        `${count(open, "connection")} among ${count(nodes.length, "workload")} and the outside`,
        `${count(dials.length, "connection")} that objects imply: URLs, webhooks, scrape targets, routes, and the Kubernetes API`,
      ],
      failures: [...new Set(failures)],
    };
  },
};

/** Everything that is applied, for its policies and namespaces: those that add-ons' sources render count like ours. */
const allObjects = (plan: Plan): KubernetesObject[] => appliedObjects(plan).map(({ object }) => object);

const networkOf = memoizeOf((plan: Plan) => new Network(allObjects(plan)));

function describe({ from, to, ports, protocol, allowed }: Cell): string {
  const port = `port ${ports}${protocol === "UDP" ? " over UDP" : ""}`;
  return allowed
    ? `${from} can connect to ${to} on ${port}, but no descriptor needs it. Close it, or declare the connection.`
    : `${from} must connect to ${to} on ${port}, but a policy denies it. Open both ends.`;
}

/** Every connection that is allowed or expected, between pods of the plan and to addresses outside. */
export const connectivity = memoizeOf((plan: Plan): readonly Cell[] => {
  const network = networkOf(plan);
  const nodes = nodesOf(plan);
  const ours = nodes.filter(({ guest }) => !guest);
  return [
    ...nodes.flatMap((from) => {
      const connections = plan.expected.connections.filter((each) => isOf(each.from, from));
      return nodes
        .filter((to) => !from.guest || !to.guest)
        .flatMap((to) => cellsBetween(network, connections, { from, to }));
    }),
    ...ours.flatMap((node) => outsideCells(network, plan, node, "Egress")),
    ...ours.flatMap((node) => outsideCells(network, plan, node, "Ingress")),
  ];
});

/** @param connections - those that are expected from this node */
function cellsBetween(
  network: Network,
  connections: readonly Connection[],
  { from, to }: { readonly from: Node; readonly to: Node },
): Cell[] {
  return PROTOCOLS.flatMap((transport) => {
    const expected = connections
      .filter(({ to: target, protocol = "TCP" }) => protocol === transport && isOf(target, to))
      .map(({ port }): Interval => [port, port]);
    const allowed = network.portsBetween(from, to, transport);
    return compare(allowed, expected).map((cell) => ({
      ...{ from: from.name, to: to.name, ...cell },
      protocol: transport,
    }));
  });
}

/** Connections between pods that nobody needs, and that a policy's block of addresses opens because pods have some of them. */
function openedByBlocks(plan: Plan, nodes: readonly Node[]): Cell[] {
  const podAddresses = union(plan.addresses.pods.map(addressesOf));
  const [bySelectors, byAddresses] = [networkOf(plan), new Network(allObjects(plan), podAddresses)];
  const ports = new Map(
    nodes.map((node) => [
      node,
      {
        sends: portsByBlocks(plan, node, { direction: "Egress", podAddresses }),
        takes: portsByBlocks(plan, node, { direction: "Ingress", podAddresses }),
      },
    ]),
  );
  return nodes.flatMap((from) =>
    nodes
      .filter((to) => !from.guest || !to.guest)
      .flatMap((to) => {
        const opened = difference(byAddresses.portsBetween(from, to, "TCP"), bySelectors.portsBetween(from, to, "TCP"));
        const implied = intersection(ports.get(from)?.sends ?? [], ports.get(to)?.takes ?? []);
        return difference(opened, implied).map((range): Cell => ({
          from: from.name,
          to: to.name,
          ports: formatPorts(range),
          allowed: true,
          expected: false,
        }));
      }),
  );
}

/** The ports of connections with outside parties whose addresses pods have too: all of them for a guest, which has no policies. */
function portsByBlocks(
  plan: Plan,
  node: Node,
  { direction, podAddresses }: { readonly direction: Direction; readonly podAddresses: readonly Interval[] },
): Interval[] {
  if (node.guest) return [ALL_PORTS];
  const outward = direction === "Egress";
  return union(
    plan.expected.connections
      .filter(({ from, to }) => isOf(outward ? from : to, node))
      .flatMap(({ from, to, port }) => areasOf(outward ? to : from, port, plan, direction))
      .filter(({ addresses }) => intersection([addresses], podAddresses).length > 0)
      .map(({ ports }) => ports),
  );
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

/** Pods of any connection need DNS, which no descriptor lists. Others are cut off from everything. */
function dnsFailures(network: Network, node: Node, { expected }: Plan): string[] {
  if (!expected.connections.some(({ from, to }) => isOf(from, node) || isOf(to, node))) return [];
  return PROTOCOLS.filter(
    (protocol) => difference(DNS_PORTS, network.portsBetween(node, DNS, protocol)).length > 0,
  ).map((protocol) => `${node.name}: a policy denies it DNS over ${protocol}. Allow port 53.`);
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
