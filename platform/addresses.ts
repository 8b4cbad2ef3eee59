import { memoize } from "./memoize.ts";

/** An IPv4 block: the first address as an unsigned 32-bit number, and the prefix length in bits. */
export interface Block {
  readonly start: number;
  readonly prefix: number;
}

const CIDR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** Reads `10.20.0.0/16`; undefined when it is no block, or has bits set behind its prefix. */
export const parseBlock = memoize((cidr): Block | undefined => {
  const [octets, prefix] = [CIDR.exec(cidr)?.slice(1, 5).map(Number), Number(CIDR.exec(cidr)?.[5])];
  if (!octets || octets.some((octet) => octet > 255) || prefix > 32) return undefined;
  const start = octets.reduce((address, octet) => address * 256 + octet, 0);
  return start % blockSize(prefix) === 0 ? { start, prefix } : undefined;
});

export function formatBlock({ start, prefix }: Block): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}

export function blockSize(prefix: number): number {
  return 2 ** (32 - prefix);
}

export function overlaps(one: Block, other: Block): boolean {
  return one.start < other.start + blockSize(other.prefix) && other.start < one.start + blockSize(one.prefix);
}

/** The first address of a block that a host can have: in the block of Services it is the Kubernetes API's. */
export function firstAddress(cidr: string): string {
  const block = parseBlock(cidr);
  if (!block) throw new Error(`'${cidr}' is no IPv4 block.`);
  return formatBlock({ start: block.start + 1, prefix: 32 }).replace("/32", "");
}

/** Whether a block in CIDR form contains an address. Throws when it is no block. */
export function contains(cidr: string, address: number): boolean {
  const block = parseBlock(cidr);
  if (!block) throw new Error(`'${cidr}' is no IPv4 block.`);
  return address >= block.start && address < block.start + blockSize(block.prefix);
}

/** The subnets of one zone: to the internet, behind NAT, and without any way out. */
export interface ZoneSubnets {
  readonly zone: string;
  readonly public: string;
  readonly private: string;
  readonly isolated: string;
  /** For the control plane's interfaces alone. */
  readonly controlPlane: string;
}

/** Letters of zones. Private subnets hold the pods, an address each, so they take seven eighths of the network; six zones have room. */
const ZONE_LETTERS = "abcdef";
export const MAX_ZONES = ZONE_LETTERS.length;

/**
 * Cuts a network into eighths: one a zone for pods and nodes, the last for the small subnets, 32 times as small
 * (`/16` gives `/19`, and `/24` for each of the others). A zone's blocks depend on its letter alone: `b` has the second of each kind, whichever other zones
 * there are, in whatever order. Throws for a letter after `f`.
 */
export function subnetsOf(network: Block, zones: readonly string[]): ZoneSubnets[] {
  const eighth = blockSize(network.prefix + 3);
  const small = blockSize(network.prefix + 8);
  const last = network.start + 7 * eighth;
  return zones.map((zone) => {
    const index = ZONE_LETTERS.indexOf(zone.at(-1) ?? "");
    if (index < 0) throw new Error(`Zone '${zone}' has no letter from a to f: the network has no block for it.`);
    return {
      zone,
      private: formatBlock({ start: network.start + index * eighth, prefix: network.prefix + 3 }),
      public: formatBlock({ start: last + index * small, prefix: network.prefix + 8 }),
      isolated: formatBlock({ start: last + (index + 8) * small, prefix: network.prefix + 8 }),
      controlPlane: formatBlock({ start: last + (index + 16) * small, prefix: network.prefix + 8 }),
    };
  });
}

/** RFC 1918. */
export const privateNetworks: readonly string[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/**
 * Where Linodes of a region have their private addresses, nodes of LKE too:
 * https://techdocs.akamai.com/cloud-computing/docs/managing-ip-addresses-on-a-compute-instance (2026-11-30).
 */
export const LINODE_PRIVATE_NETWORK = "192.168.128.0/17";

/** What a workload that may call the internet must still not reach. RFC 1918, RFC 6598, and link-local with the metadata services. */
export const notTheInternet: readonly string[] = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
];

/** Everything else, in CIDR form. */
export const internetBlocks: readonly string[] = complementOf(notTheInternet);

/** The addresses that are in none of some blocks, as blocks. */
export function complementOf(cidrs: readonly string[]): string[] {
  const excluded = cidrs.flatMap((cidr) => parseBlock(cidr) ?? []);
  const split = (block: Block): Block[] => {
    if (!excluded.some((each) => overlaps(each, block))) return [block];
    if (excluded.some((each) => each.prefix <= block.prefix && overlaps(each, block))) return [];
    const prefix = block.prefix + 1;
    return [block.start, block.start + blockSize(prefix)].flatMap((start) => split({ start, prefix }));
  };
  return split({ start: 0, prefix: 0 }).map(formatBlock);
}
