import { notTheInternet } from "../../platform/addresses.ts";
import {
  type Connection,
  IDENTITY_AGENT,
  type Party,
  partyName,
  type Pods,
  type Protocol,
} from "../../platform/connections.ts";
import { groupBy } from "../../platform/group-by.ts";
import { addresses, type Peer, pods, tcp, udp } from "../constructs/network-peers.ts";
import type { Context } from "../context.ts";
import type { NetworkPolicyPeer } from "../objects.ts";

type Known = Pick<Context, "connections" | "cloud">;

/** Who connects to some pods, and where these connect to, as a policy for them says it. */
export function peersOf(context: Known, subject: Pods): { from: Peer[]; to: Peer[] } {
  const isSubject = (party: Party): boolean => partyName(party) === partyName(subject);
  const incoming = context.connections
    .filter(({ to }) => isSubject(to))
    .map(({ from, ...opened }) => ({ party: from, ...opened }));
  const outgoing = context.connections
    .filter(({ from }) => isSubject(from))
    .map(({ to, ...opened }) => ({ party: to, ...opened }));
  return { from: merged(incoming, callersIn(context)), to: merged(outgoing, targetsIn(context)) };
}

interface Opened extends Pick<Connection, "port" | "protocol"> {
  readonly party: Party;
}

/** One rule for all parties that have the same ports. */
function merged(connections: readonly Opened[], peersFor: (party: Party) => readonly NetworkPolicyPeer[]): Peer[] {
  const byParty = [...groupBy(connections, ({ party }) => partyName(party)).values()].map((same) => ({
    party: same[0]?.party as Party,
    ports: { tcp: numbersOf(same, "TCP"), udp: numbersOf(same, "UDP") },
  }));
  return [...groupBy(byParty, ({ ports }) => JSON.stringify(ports)).values()].map((same) => ({
    peers: same.flatMap(({ party }) => peersFor(party)),
    ports: [...tcp(...(same[0]?.ports.tcp ?? [])), ...udp(...(same[0]?.ports.udp ?? []))],
  }));
}

function numbersOf(connections: readonly Opened[], wanted: Protocol): number[] {
  const ports = connections.filter(({ protocol = "TCP" }) => protocol === wanted).map(({ port }) => port);
  return [...new Set(ports)].toSorted((one, other) => one - other);
}

function callersIn({ cloud }: Known): (party: Party) => readonly NetworkPolicyPeer[] {
  return (party) => (party.kind === "control plane" ? cloud.controlPlane.callers : common(party));
}

function targetsIn({ cloud }: Known): (party: Party) => readonly NetworkPolicyPeer[] {
  return (party) => {
    if (party.kind === "control plane") return cloud.controlPlane.api;
    if (party.kind === "nodes") return cloud.nodes;
    return party.kind === "database" ? cloud.database : common(party);
  };
}

function common(party: Party): readonly NetworkPolicyPeer[] {
  switch (party.kind) {
    case "pods":
      return [pods(party.namespace, party.labels)];
    case "internet":
      return [addresses("0.0.0.0/0", notTheInternet)];
    case "anywhere":
      return [addresses("0.0.0.0/0")];
    case "identity agent":
      return [addresses(`${IDENTITY_AGENT.address}/32`)];
    case "address":
      return [addresses(`${party.address}/32`)];
    default:
      throw new Error(`'${party.kind}' opens no connections.`);
  }
}
