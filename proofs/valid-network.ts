import { count } from "../platform/count.ts";
import { blockSize, overlaps, parseBlock } from "../platform/addresses.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Network, PortGroup, Subnet, SubnetUser } from "../plan/model/safety.ts";
import type { Proof } from "./proof.ts";

/** Two zones fail independently; EKS and RDS accept no fewer. */
const MIN_ZONES = 2;

export const validNetwork: Proof = {
  name: "valid-network",
  claim:
    "Subnets do not overlap, nodes reach the internet through a NAT gateway of their zone, databases and the control plane cannot reach it, and ports are open only to nodes.",
  examine(plan) {
    const { networks } = plan.safety;
    const { network, zones } = plan.expected.cloud;
    if (network === undefined) return { evidence: ["the network is the cloud's: 0 subnets of the plan"], failures: [] };
    const [own] = networks;
    if (!own)
      return { evidence: [], failures: [`'network.cidr' is ${network}, and the plan has no network. Add one.`] };
    const openings = own.groups.flatMap((group) => group.openings);
    return {
      evidence: [
        `${count(own.subnets.length, "subnet")} of ${own.block} in ${count(zones.length, "zone")}, ${count(own.groups.length, "security group")} with ${count(openings.length, "rule")}`,
      ],
      failures: networks.flatMap((each) => networkFailures(each, plan)),
    };
  },
};

function networkFailures(network: Network, { expected: { cloud } }: Plan): string[] {
  return [
    ...network.faults,
    ...blockFailures(network),
    ...network.subnets.flatMap((subnet) => wayFailures(subnet, cloud.zones)),
    ...zoneFailures(network, cloud),
    ...network.groups.flatMap((group) => groupFailures(group, network)),
  ];
}

function blockFailures({ name, block, services, subnets }: Network): string[] {
  const whole = parseBlock(block);
  if (!whole) return [`${name}: '${block}' is no block of addresses. Set its cidrBlock.`];
  const failures: string[] = [];
  for (const service of services) {
    const other = parseBlock(service);
    if (!other || overlaps(whole, other))
      failures.push(`${name}: ${block} overlaps the Services' ${service}. Move one.`);
  }
  subnets.forEach((subnet, index) => {
    const own = parseBlock(subnet.block);
    if (!own || own.start < whole.start || own.start + blockSize(own.prefix) > whole.start + blockSize(whole.prefix))
      failures.push(`${subnet.name}: '${subnet.block}' is not inside ${block}. Move it.`);
    for (const other of subnets.slice(index + 1)) {
      const second = parseBlock(other.block);
      if (own && second && overlaps(own, second))
        failures.push(`${subnet.name}: ${subnet.block} overlaps ${other.block} of ${other.name}. Move one.`);
    }
  });
  return failures;
}

const has = (subnet: Subnet, ...users: readonly SubnetUser[]): boolean =>
  users.some((user) => subnet.users.includes(user));

/**
 * What has subnets of its own, without a way out. Among pods, policies could not tell the control plane from a pod, and what it may
 * call would be open to every pod.
 */
const closedUsers: readonly (readonly [SubnetUser, string])[] = [
  ["database", "databases"],
  ["control plane", "the control plane's interfaces"],
];

function wayFailures(subnet: Subnet, zones: readonly string[]): string[] {
  const { name, zone, wayOut, loadBalancers } = subnet;
  const wrong: readonly (readonly [found: boolean, failure: string])[] = [
    [!zones.includes(zone), `is in zone '${zone}', which is not in 'zones'. Move it.`],
    [
      has(subnet, "nodes") && !(typeof wayOut === "object" && wayOut.nat === zone),
      `holds nodes, but routes ${describe(wayOut)} instead of to a NAT gateway in ${zone}. Change its default route.`,
    ],
    ...closedUsers.flatMap(([user, what]): typeof wrong => [
      [
        has(subnet, user) && wayOut !== undefined,
        `holds ${what}, but routes ${describe(wayOut)}. Remove its default route.`,
      ],
      [
        has(subnet, user) && subnet.users.length > 1,
        `holds ${what} and something else. Give ${what} subnets of their own.`,
      ],
    ]),
    [
      has(subnet, "NAT gateways") && wayOut !== "internet",
      `holds a NAT gateway, but routes ${describe(wayOut)}. Route it to the internet gateway.`,
    ],
    [
      loadBalancers.includes("internet-facing") !== (wayOut === "internet"),
      `routes ${describe(wayOut)}, but its tags for load balancers say otherwise. Change kubernetes.io/role/elb.`,
    ],
  ];
  return wrong.filter(([found]) => found).map(([, failure]) => `${name} ${failure}`);
}

function describe(wayOut: Subnet["wayOut"]): string {
  if (wayOut === undefined) return "nowhere";
  return wayOut === "internet" ? "to the internet" : `to a NAT gateway in ${wayOut.nat}`;
}

/** Every zone that is declared has what a zone needs. */
function zoneFailures({ name, subnets }: Network, { zones, recoveryDays }: Plan["expected"]["cloud"]): string[] {
  const needs: readonly (readonly [what: string, is: (subnet: Subnet) => boolean])[] = [
    ["a subnet for load balancers on the internet", ({ loadBalancers }) => loadBalancers.includes("internet-facing")],
    ["a subnet for internal load balancers", ({ loadBalancers }) => loadBalancers.includes("internal")],
    ["a NAT gateway", (subnet) => has(subnet, "NAT gateways")],
    ["the control plane's interfaces", (subnet) => has(subnet, "control plane")],
  ];
  const without = zones.flatMap((zone) =>
    needs
      .filter(([, is]) => !subnets.some((subnet) => subnet.zone === zone && is(subnet)))
      .map(([what]) => `${name}: zone ${zone} lacks ${what}. Add it.`),
  );
  const zonesOf = (user: SubnetUser): Set<string> =>
    new Set(subnets.filter((subnet) => has(subnet, user)).map(({ zone }) => zone));
  const databases = zonesOf("database");
  const few = recoveryDays !== undefined && databases.size < Math.max(MIN_ZONES, zones.length);
  const files = zonesOf("files");
  const unreachable = files.size > 0 ? [...zonesOf("nodes")].filter((zone) => !files.has(zone)) : [];
  return [
    ...without,
    ...(few
      ? [`${name}: databases may be in ${databases.size} zones of ${zones.length}. Name a subnet of each zone.`]
      : []),
    ...unreachable.map((zone) => `${name}: nodes in ${zone} have no mount target in their zone. Add one.`),
  ];
}

/** Members of a group are reached on their port by every subnet with nodes, and by nothing else. */
function groupFailures({ name, members, port, openings }: PortGroup, { subnets }: Network): string[] {
  const blocks = subnets.filter((subnet) => has(subnet, "nodes")).map(({ block }) => block);
  const failures = openings.flatMap(({ name: opening, protocol, ports: [from, to], from: source }) => [
    ...(protocol === "tcp" && from === port && to === port
      ? []
      : [`${opening} opens ${protocol} ${from} to ${to} of ${members.join(", ")}. Open TCP ${port} alone.`]),
    ...(blocks.includes(source)
      ? []
      : [`${opening} opens ${members.join(", ")} to '${source}', which holds no nodes. Remove it.`]),
  ]);
  const closed = blocks.filter((block) => !openings.some(({ from }) => from === block));
  return [
    ...failures,
    ...closed.map((block) => `${name} does not let ${block} reach ${members.join(", ")}. Open TCP ${port}.`),
  ];
}
