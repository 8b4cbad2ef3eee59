import { BlockList, isIP, isIPv6 } from "node:net";

/**
 * Addresses that are no host of the public internet, by block: IANA's special-purpose registries for IPv4 and IPv6
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry), multicast,
 * and the metadata services that have addresses elsewhere. A larger block stands for all that IANA registered in it.
 */
const blocks: readonly (readonly [block: string, range: string])[] = [
  ["0.0.0.0/8", "unspecified"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "carrier-grade NAT"],
  ["127.0.0.0/8", "loopback"],
  ["168.63.129.16/32", "metadata"],
  ["169.254.0.0/16", "link-local"],
  ["172.16.0.0/12", "private"],
  ["192.0.0.0/24", "protocol assignments"],
  ["192.0.2.0/24", "documentation"],
  ["192.31.196.0/24", "AS112"],
  ["192.52.193.0/24", "multicast tunnels"],
  ["192.88.99.0/24", "6to4 relay"],
  ["192.168.0.0/16", "private"],
  ["192.175.48.0/24", "AS112"],
  ["198.18.0.0/15", "benchmarking"],
  ["198.51.100.0/24", "documentation"],
  ["203.0.113.0/24", "documentation"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved"],
  ["::/128", "unspecified"],
  ["::1/128", "loopback"],
  ["64:ff9b:1::/48", "local NAT64"],
  ["100::/64", "discard-only"],
  ["100:0:0:1::/64", "dummy"],
  ["2001::/23", "protocol assignments"],
  ["2001:db8::/32", "documentation"],
  ["2002::/16", "6to4"],
  ["2620:4f:8000::/48", "AS112"],
  ["3fff::/20", "documentation"],
  ["5f00::/16", "segment routing"],
  ["fc00::/7", "private"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "site-local"],
  ["ff00::/8", "multicast"],
];

const ranges = blocks.map(([block, range]) => ({ range, block: blockOf(block) }));
/** All of IPv6 that is allocated for unicast on the internet. */
const globalUnicast = blockOf("2000::/3");
/** IPv4 addresses in the form of IPv6: mapped ones (RFC 4291), and the well-known prefix of NAT64 (RFC 6052). */
const embeddings = ["::ffff:0:0/96", "64:ff9b::/96"].map(blockOf);

/** The special range that an address is in, such as `private`; undefined for a public address. What is no address is `invalid`. */
export function specialRangeOf(address: string): string | undefined {
  if (isIP(address) === 0 || address.includes("%")) return "invalid";
  if (embeddings.some((block) => isIn(block, address))) return specialRangeOf(lastFourBytes(address));
  const found = ranges.find(({ block }) => isIn(block, address));
  if (found) return found.range;
  return isIPv6(address) && !isIn(globalUnicast, address) ? "reserved" : undefined;
}

interface Block {
  readonly list: BlockList;
  readonly family: "ipv4" | "ipv6";
}

function blockOf(block: string): Block {
  const [address = "", prefix] = block.split("/");
  const [list, family] = [new BlockList(), familyOf(address)];
  list.addSubnet(address, Number(prefix), family);
  return { list, family };
}

/** A BlockList takes an IPv4 address for its mapped form, so that only blocks of the address's own family are asked. */
const isIn = ({ list, family }: Block, address: string): boolean =>
  family === familyOf(address) && list.check(address, family);

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}

/** The IPv4 address at the end of an IPv6 address. */
function lastFourBytes(address: string): string {
  // A URL writes its host in one form: groups of hex digits without leading zeros, the longest run of zeros left out.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(":").slice(-2);
  return groups
    .flatMap((group) => {
      const value = Number.parseInt(group || "0", 16);
      return [value >> 8, value & 255];
    })
    .join(".");
}
