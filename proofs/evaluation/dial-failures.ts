import { type Party, partyName } from "../../platform/connections.ts";
import type { Plan } from "../../plan/model/plan.ts";
import type { Dial } from "./dials.ts";
import { onNodes, portNumber } from "./hosts.ts";
import { areaDifference, difference } from "./intervals.ts";
import type { Network } from "./network.ts";
import { areasOf, isBehind, isOf, type Node } from "./parties.ts";

interface Where {
  readonly network: Network;
  readonly nodes: readonly Node[];
  readonly plan: Plan;
}

/** A connection that an object names must lead somewhere, be declared, and be open at both ends. */
export function dialFailures({ by, from, to: named }: Dial, where: Where): string[] {
  const to = onNodes(named, where.plan);
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

/** Two guests are left out: the policies between them come with their own sources. */
const pairFailures = (by: string, from: Node, { targets, port }: Ends, { network, plan }: Where): string[] =>
  targets
    .filter((to) => !from.guest || !to.guest)
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
