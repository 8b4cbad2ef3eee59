import { isIP, isIPv6 } from "node:net";

/** Groups of an IPv6 address that identify a network: a client with one address usually has its whole network. */
const NETWORK_GROUPS = 4;
/** Groups of an IPv6 address that name a site, such as a company or a household's provider. */
const SITE_GROUPS = 3;

/** An IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(address: string): string {
  return ipv4Of(address) ?? prefixOf(address, NETWORK_GROUPS);
}

/** The /24 of an IPv4 address, or the /48 of an IPv6 address: no longer one person's. Undefined for what a proxy states instead of one. */
export function maskedNetworkOf(address: string): string | undefined {
  if (isIP(address) === 0) return undefined;
  const ipv4 = ipv4Of(address);
  return ipv4 === undefined ? prefixOf(address, SITE_GROUPS) : `${ipv4.split(".").slice(0, 3).join(".")}.0/24`;
}

/** An IPv4 address, also one that is written as an IPv6 address. */
function ipv4Of(address: string): string | undefined {
  const [mapped] = /(?<=^::ffff:)\d+\.\d+\.\d+\.\d+$/i.exec(address) ?? [];
  return mapped ?? (isIPv6(address) ? undefined : address);
}

function prefixOf(address: string, groups: number): string {
  const [before = "", after = ""] = address.toLowerCase().split("%")[0]?.split("::") ?? [];
  const head = before.split(":").filter((group) => group !== "");
  const tail = after.split(":").filter((group) => group !== "");
  const zeros = Array<string>(address.includes("::") ? 8 - head.length - tail.length : 0).fill("0");
  const all = [...head, ...zeros, ...tail].map((group) => group.replace(/^0+(?=.)/, ""));
  return `${all.slice(0, groups).join(":")}::/${groups * 16}`;
}
