import { overlaps, parseBlock } from "./addresses.ts";
import type { Environment } from "./environment.ts";
import { isRecord, type Keys } from "./environment-source.ts";
import type { Fault } from "./faults.ts";

/** Another environment of the same folder, as written: it may be invalid. */
export interface Neighbour {
  readonly name: string;
  readonly keys: Keys;
}

/** What must hold between the environments of a folder. */
export function neighbourFaults(environment: Environment, neighbours: readonly Neighbour[]): Fault[] {
  return [
    ...rehearsalFaults(environment, neighbours),
    ...neighbours.flatMap((neighbour) => [
      ...networkFaults(environment, neighbour),
      ...domainFaults(environment, neighbour),
    ]),
  ];
}

function rehearsalFaults({ name, rehearses }: Environment, neighbours: readonly Neighbour[]): Fault[] {
  if (rehearses === undefined) return [];
  const other = neighbours.find((neighbour) => neighbour.name === rehearses);
  const known = neighbours.map((neighbour) => neighbour.name).join(", ") || "none";
  const fault = (rule: string): Fault[] => [{ path: "rehearses", value: rehearses, rule }];
  if (!other) return fault(`must name an environment of this folder: ${known}. Correct or remove it.`);
  if (other.keys["rehearses"] !== name) return [];
  return fault("rehearses this one itself, so that neither is the original. Remove one of the two.");
}

/** Networks that overlap can never be peered, and an address can never be given back. */
function networkFaults(environment: Environment, { name, keys }: Neighbour): Fault[] {
  if (!("network" in environment)) return [];
  const { cidr } = environment.network;
  const other = isRecord(keys["network"]) ? keys["network"]["cidr"] : undefined;
  const [own, theirs] = [parseBlock(cidr), parseBlock(String(other))];
  if (!own || !theirs || !overlaps(own, theirs)) return [];
  const rule = `must not overlap ${String(other)} of ${name}: the two networks could never be peered. Take another block.`;
  return [{ path: "network.cidr", value: cidr, rule }];
}

/** Both would make its zone, and answer at its names. */
function domainFaults({ domain }: Environment, { name, keys }: Neighbour): Fault[] {
  if (keys["domain"] !== domain) return [];
  return [{ path: "domain", value: domain, rule: `is the domain of ${name} too. Take another.` }];
}
