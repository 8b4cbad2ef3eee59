import { notTheInternet } from "../../platform/addresses.ts";
import { IDENTITY_AGENT, type Party, partyName, type Pods } from "../../platform/connections.ts";
import { groupBy } from "../../platform/group-by.ts";
import { addresses, type Peer, pods, tcp } from "../constructs/network-peers.ts";
import type { Context } from "../context.ts";
import type { NetworkPolicyPeer } from "../objects.ts";

type Known = Pick<Context, "connections" | "cloud">;

/** Who connects to some pods, and where these connect to, as a policy for them says it. */
export function peersOf(context: Known, subject: Pods): { from: Peer[]; to: Peer[] } {
  const isSubject = (party: Party): boolean => partyName(party) === partyName(subject);
  const incoming = context.connections
    .filter(({ to }) => isSubject(to))
    .map(({ from, port }) => ({ party: from, port }));
  const outgoing = context.connections
    .filter(({ from }) => isSubject(from))
    .map(({ to, port }) => ({ party: to, port }));
  return { from: merged(incoming, callersIn(context)), to: merged(outgoing, targetsIn(context)) };
}

/** One rule for all parties that have the same ports. */
function merged(
  connections: readonly { readonly party: Party; readonly port: number }[],
  peersFor: (party: Party) => readonly NetworkPolicyPeer[],
): Peer[] {
  const byParty = [...groupBy(connections, ({ party }) => partyName(party)).values()].map((same) => ({
    party: same[0]?.party as Party,
    ports: [...new Set(same.map(({ port }) => port))].toSorted((one, other) => one - other),
  }));
  return [...groupBy(byParty, ({ ports }) => ports.join()).values()].map((same) => ({
    peers: same.flatMap(({ party }) => peersFor(party)),
    ports: tcp(...(same[0]?.ports ?? [])),
  }));
}

function callersIn({ cloud }: Known): (party: Party) => readonly NetworkPolicyPeer[] {
  return (party) => (party.kind === "control plane" ? cloud.controlPlane.callers : common(party));
}

function targetsIn({ cloud }: Known): (party: Party) => readonly NetworkPolicyPeer[] {
  return (party) => {
    if (party.kind === "control plane") return cloud.controlPlane.api;
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
