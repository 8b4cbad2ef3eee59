import { blockSize, formatBlock, parseBlock } from "../../platform/addresses.ts";

/** A range of integers, both ends included. */
export type Interval = readonly [first: number, last: number];

/** Connections to a block of addresses on a range of ports. */
export interface Area {
  readonly addresses: Interval;
  readonly ports: Interval;
}

export const ALL_PORTS: Interval = [0, 65_535];
export const ALL_ADDRESSES: Interval = [0, 2 ** 32 - 1];

/** The addresses of a CIDR block. Throws if the block is invalid. */
export function addressesOf(cidr: string): Interval {
  const block = parseBlock(cidr);
  if (!block) throw new Error(`'${cidr}' is no IPv4 block.`);
  return [block.start, block.start + blockSize(block.prefix) - 1];
}

/** Sorts the intervals and merges those that overlap or touch. */
export function union(intervals: readonly Interval[]): Interval[] {
  if (intervals.length < 2) return [...intervals];
  const merged: [number, number][] = [];
  for (const [first, last] of intervals.toSorted(([one], [other]) => one - other)) {
    const before = merged.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

export function intersection(some: readonly Interval[], others: readonly Interval[]): Interval[] {
  const both = some.flatMap(([first, last]) =>
    others.map(([from, to]): Interval => [Math.max(first, from), Math.min(last, to)]),
  );
  return union(both.filter(([first, last]) => first <= last));
}

/** The numbers that are in some intervals but in none of the others. */
export function difference(some: readonly Interval[], others: readonly Interval[]): Interval[] {
  return union(others).reduce<Interval[]>(
    (left, [from, to]) =>
      left.flatMap(([first, last]): Interval[] => {
        if (to < first || from > last) return [[first, last]];
        const rest: Interval[] = [
          [first, from - 1],
          [to + 1, last],
        ];
        return rest.filter(([one, other]) => one <= other);
      }),
    union(some),
  );
}

/** The part of some areas that is in none of the others, as addresses per range of ports. */
export function areaDifference(some: readonly Area[], others: readonly Area[]): Area[] {
  const bounds = [...some, ...others].flatMap(({ ports: [first, last] }) => [first, last + 1]);
  const cuts = [...new Set(bounds)].toSorted((one, other) => one - other);
  const stripes = cuts.slice(0, -1).map((first, index): Interval => [first, (cuts[index + 1] ?? first) - 1]);
  const at = (areas: readonly Area[], [port]: Interval): Interval[] =>
    areas.filter(({ ports: [first, last] }) => first <= port && port <= last).map(({ addresses }) => addresses);
  return stripes.flatMap((ports) =>
    difference(at(some, ports), at(others, ports)).map((addresses) => ({ addresses, ports })),
  );
}

/** `443`, `1024-65535`. */
export const formatPorts = ([first, last]: Interval): string => (first === last ? String(first) : `${first}-${last}`);

/** `10.0.0.7`, `10.0.0.0-10.0.255.255`. */
export function formatAddresses([first, last]: Interval): string {
  const format = (address: number): string => formatBlock({ start: address, prefix: 32 }).replace("/32", "");
  return first === last ? format(first) : `${format(first)}-${format(last)}`;
}
