import { expect, test } from "vitest";
import { specialRangeOf } from "../../../services/shared/egress/special-addresses.ts";

/** The first, an inner and the last address of each block that IANA registered, and of multicast. */
const special: readonly (readonly [range: string, ...addresses: string[]])[] = [
  ["unspecified", "0.0.0.0", "0.1.2.3", "0.255.255.255", "::"],
  ["private", "10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255"],
  ["carrier-grade NAT", "100.64.0.0", "100.100.100.200", "100.127.255.255"],
  ["loopback", "127.0.0.0", "127.0.0.1", "127.255.255.255", "::1", "0:0:0:0:0:0:0:1"],
  ["link-local", "169.254.0.0", "169.254.169.254", "169.254.170.23", "169.254.255.255", "fe80::", "febf:ffff::1"],
  ["protocol assignments", "192.0.0.0", "192.0.0.8", "192.0.0.170", "192.0.0.192", "192.0.0.255"],
  ["documentation", "192.0.2.0", "192.0.2.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255"],
  [
    "AS112",
    "192.31.196.0",
    "192.31.196.255",
    "192.175.48.0",
    "192.175.48.255",
    "2620:4f:8000::",
    "2620:4f:8000:ffff::1",
  ],
  ["multicast tunnels", "192.52.193.0", "192.52.193.255"],
  ["6to4 relay", "192.88.99.0", "192.88.99.255"],
  ["benchmarking", "198.18.0.0", "198.19.255.255"],
  ["multicast", "224.0.0.0", "239.255.255.255", "ff00::", "ff02::1", "ffff:ffff::1"],
  ["reserved", "240.0.0.0", "255.255.255.255", "::7f00:1", "::ffff:0:7f00:1", "1000::", "4000::", "e000::1"],
  ["metadata", "168.63.129.16"],
  ["local NAT64", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:a9fe:a9fe"],
  ["discard-only", "100::", "100::ffff:ffff:ffff:ffff"],
  ["dummy", "100:0:0:1::", "100:0:0:1:ffff::"],
  [
    "protocol assignments",
    "2001::",
    "2001:0:53aa::1",
    "2001:1::1",
    "2001:2::",
    "2001:3::",
    "2001:4:112::",
    "2001:10::",
  ],
  ["protocol assignments", "2001:20::", "2001:30::", "2001:1ff:ffff::1"],
  ["documentation", "2001:db8::", "2001:db8:ffff::1", "3fff::", "3fff:fff:ffff::1"],
  ["6to4", "2002::", "2002:7f00:1::", "2002:a9fe:a9fe::1"],
  ["segment routing", "5f00::", "5f00:ffff::1"],
  ["private", "fc00::", "fd00:ec2::254", "fd20:ce::254", "fdff:ffff::1"],
  ["site-local", "fec0::1", "feff::1"],
];

test.each(special.flatMap(([range, ...addresses]) => addresses.map((address) => [address, range])))(
  "%s is %s",
  (address, range) => {
    expect(specialRangeOf(address)).toBe(range);
  },
);

test.each([
  ["9.255.255.255", "11.0.0.0"],
  ["100.63.255.255", "100.128.0.0"],
  ["126.255.255.255", "128.0.0.0"],
  ["168.63.129.15", "168.63.129.17"],
  ["169.253.255.255", "169.255.0.0"],
  ["172.15.255.255", "172.32.0.0"],
  ["191.255.255.255", "192.0.1.0"],
  ["192.0.3.0", "192.167.255.255"],
  ["192.169.0.0", "198.17.255.255"],
  ["198.20.0.0", "198.51.99.255"],
  ["203.0.112.255", "203.0.114.0"],
  ["223.255.255.255", "1.1.1.1"],
  ["2000::", "2001:200::"],
  ["2001:db7:ffff::1", "2001:db9::"],
  ["2001:ffff::1", "2003::"],
  ["3ffe:ffff::1", "3fff:1000::"],
  ["2606:4700:4700::1111", "2620:4f:8001::"],
])("%s and %s are public", (...addresses) => {
  expect(addresses.map(specialRangeOf)).toEqual([undefined, undefined]);
});

/** The forms of IPv6 that have an IPv4 address in them. */
const forms = {
  mapped: (address: string) => `::ffff:${address}`,
  "mapped, in full": (address: string) => `0:0:0:0:0:ffff:${address}`,
  NAT64: (address: string) => `64:ff9b::${address}`,
};

test.each(Object.entries(forms))("an IPv4 address that is %s is judged like the address itself", (_, embed) => {
  const addresses = special.flatMap(([, ...all]) => all).filter((address) => !address.includes(":"));
  for (const address of [...addresses, "1.1.1.1", "93.184.215.14", "223.255.255.255"]) {
    expect(specialRangeOf(embed(address)), address).toBe(specialRangeOf(address));
  }
});

test.each([
  ["::ffff:7f00:1", "loopback"],
  ["::ffff:a9fe:a9fe", "link-local"],
  ["64:ff9b::a00:1", "private"],
  ["64:ff9b::", "unspecified"],
  ["::ffff:0:0", "unspecified"],
])("%s, in hex digits, is %s", (address, range) => {
  expect(specialRangeOf(address)).toBe(range);
});

test.each(["", "example.com", "127.1", "0177.0.0.1", "2130706433", "0x7f000001", "1.2.3.4.5", "fe80::1%eth0", "[::1]"])(
  "'%s' is invalid",
  (text) => {
    expect(specialRangeOf(text)).toBe("invalid");
  },
);
