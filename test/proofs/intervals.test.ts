import { describe, expect, test } from "vitest";
import {
  addressesOf,
  areaDifference,
  difference,
  formatAddresses,
  type Interval,
  intersection,
  union,
} from "../../proofs/evaluation/intervals.ts";
import fc from "fast-check";

const interval = fc
  .tuple(fc.nat(40), fc.nat(40))
  .map(([one, other]): Interval => [Math.min(one, other), Math.max(one, other)]);
const intervals = fc.array(interval, { maxLength: 6 });
const has = (some: readonly Interval[], number: number): boolean =>
  some.some(([first, last]) => first <= number && number <= last);
const everyNumber = Array.from({ length: 42 }, (_, number) => number);

describe("sets of numbers as intervals", () => {
  test.each([
    ["union", union, (one: boolean) => one],
    ["intersection", intersection, (one: boolean, other: boolean) => one && other],
    ["difference", difference, (one: boolean, other: boolean) => one && !other],
  ] as const)("%s has exactly the numbers that it should have", (_, operation, expected) => {
    fc.assert(
      fc.property(intervals, intervals, (some, others) => {
        const result = operation(some, others);
        return everyNumber.every((number) => has(result, number) === expected(has(some, number), has(others, number)));
      }),
    );
  });

  test("a union neither overlaps nor touches", () => {
    expect(
      union([
        [5, 6],
        [0, 1],
        [2, 3],
        [6, 9],
      ]),
    ).toEqual([
      [0, 3],
      [5, 9],
    ]);
  });
});

test("the difference of areas has exactly the pairs that it should have", () => {
  const area = fc.record({ addresses: interval, ports: interval });
  const areas = fc.array(area, { maxLength: 4 });
  const holds = (some: readonly { addresses: Interval; ports: Interval }[], address: number, port: number): boolean =>
    some.some(({ addresses, ports }) => has([addresses], address) && has([ports], port));
  fc.assert(
    fc.property(areas, areas, (some, others) => {
      const left = areaDifference(some, others);
      return everyNumber.every((address) =>
        everyNumber.every(
          (port) => holds(left, address, port) === (holds(some, address, port) && !holds(others, address, port)),
        ),
      );
    }),
    { numRuns: 40 },
  );
});

test("blocks are written as the addresses from first to last", () => {
  expect(formatAddresses(addressesOf("10.0.0.0/8"))).toBe("10.0.0.0-10.255.255.255");
  expect(formatAddresses(addressesOf("172.20.0.1/32"))).toBe("172.20.0.1");
});
