import { blockSize, overlaps, parseBlock } from "./addresses.ts";
import { zoneLetters } from "./catalogue/machine-types.ts";
import { machinesFor, spread } from "./pools.ts";
import type { Parts, Rule } from "./rule.ts";

/** Addresses of Services in EKS clusters: stated, so that the network can be held apart from it. */
export const SERVICE_CIDR = "172.20.0.0/16";

/** The first four and the last: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html. */
const RESERVED_ADDRESSES = 5;
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
  return zones.filter((zone) => !known.includes(zone)).map((value) => ({ path: "zones", value, rule }));
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
  const room = blockSize(block.prefix + 3) - RESERVED_ADDRESSES;
  const needed = Math.max(...addressesByZone(parts, parts.pools, parts.zones).values());
  if (needed <= room) return [];
  const rule = `has ${room} addresses per zone for pods, and the pools at maximum nodes take ${needed}. Take a larger block, or lower 'nodes.max'.`;
  return [{ path: "network.cidr", value: parts.network?.cidr, rule }];
};

function addressesByZone(
  { cloud, region }: Parts,
  pools: NonNullable<Parts["pools"]>,
  zones: readonly string[],
): Map<string, number> {
  const perZone = new Map<string, number>();
  for (const pool of Object.values(pools).flatMap((each) => [each, each.retiring ?? []].flat())) {
    const maxPods = Math.max(0, ...machinesFor({ cloud, region }, pool).map((machine) => machine.maxPods));
    const used = pool.zones ?? zones;
    const nodes = spread(pool.nodes.max, used.length);
    used.forEach((zone, index) => {
      const addresses = (nodes[index] ?? 0) * (maxPods + ADDRESSES_BESIDE_PODS);
      perZone.set(zone, (perZone.get(zone) ?? 0) + addresses);
    });
  }
  return perZone;
}

export const networkRules: readonly Rule[] = [zonesAreOfTheRegion, networkIsApartFromServices, networkHoldsThePods];
