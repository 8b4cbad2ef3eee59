import { blockSize, overlaps, parseBlock } from "./addresses.ts";
import { zoneLetters } from "./catalogue/machine-types.ts";
import { machinesFor, spread } from "./pools.ts";
import type { Parts, Rule } from "./rule.ts";

/** Addresses of Services in EKS clusters: stated, so that the network can be held apart from it. */
export const SERVICE_CIDR = "172.20.0.0/16";

/** The first four and the last: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html. */
const RESERVED_ADDRESSES = 5;
/** For the control plane, as https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html recommends. */
const CONTROL_PLANE_ADDRESSES = 16;
/**
 * A node holds an address for each pod but two in the host's network, and one for each of its interfaces, of which the
 * catalogue's machines have four at most.
 */
const ADDRESSES_BESIDE_PODS = 2;

const zonesAreOfTheRegion: Rule = ({ zones = [], region = "" }) => {
  const letters = zoneLetters[region];
  if (letters === undefined) return [];
  const known = letters.map((letter) => `${region}${letter}`);
  const rule = `must be a zone of the region ${region}: ${known.join(", ")}. Correct it or the region.`;
  return zones.flatMap((zone, index) => (known.includes(zone) ? [] : [{ path: `zones.${index}`, value: zone, rule }]));
};

const networkIsApartFromServices: Rule = ({ network }) => {
  const [own, services] = [parseBlock(network?.cidr ?? ""), parseBlock(SERVICE_CIDR)];
  if (!own || !services || !overlaps(own, services)) return [];
  const rule = `must not overlap ${SERVICE_CIDR}, the addresses of Services. Take another block.`;
  return [{ path: "network.cidr", value: network?.cidr, rule }];
};

/** Each pod has an address of its zone's private subnet, an eighth of the network. */
const networkHoldsThePods: Rule = (parts) => {
  const block = parseBlock(parts.network?.cidr ?? "");
  if (!block || !parts.pools || !parts.zones) return [];
  const room = blockSize(block.prefix + 3) - RESERVED_ADDRESSES - CONTROL_PLANE_ADDRESSES;
  const needed = Math.max(...addressesByZone(parts, parts.pools, parts.zones.length));
  if (needed <= room) return [];
  const rule = `has ${room} addresses per zone for pods, and the pools at maximum nodes take ${needed}. Take a larger block, or lower 'nodes.max'.`;
  return [{ path: "network.cidr", value: parts.network?.cidr, rule }];
};

function addressesByZone({ cloud, region }: Parts, pools: NonNullable<Parts["pools"]>, zones: number): number[] {
  const perZone = Array.from({ length: zones }, () => 0);
  for (const pool of Object.values(pools)) {
    const maxPods = Math.max(0, ...machinesFor({ cloud, region }, pool).map((machine) => machine.maxPods));
    const nodes = spread(pool.nodes.max, Math.min(pool.zones ?? zones, zones));
    nodes.forEach((count, zone) => (perZone[zone] = (perZone[zone] ?? 0) + count * (maxPods + ADDRESSES_BESIDE_PODS)));
  }
  return perZone;
}

export const networkRules: readonly Rule[] = [zonesAreOfTheRegion, networkIsApartFromServices, networkHoldsThePods];
