import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Block,
  blockSize,
  formatBlock,
  MAX_ZONES,
  overlaps,
  parseBlock,
  subnetsOf,
} from "../../platform/addresses.ts";

const networks = fc
  .record({ index: fc.nat(15), prefix: fc.integer({ min: 16, max: 20 }) })
  .map(({ index, prefix }): Block => ({ start: 10 * 2 ** 24 + index * blockSize(prefix), prefix }));
const zoneCounts = fc.integer({ min: 1, max: MAX_ZONES });
const zonesNamed = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `zone-${"abcdef".charAt(index)}`);
const blocksOf = (network: Block, count: number): Block[] =>
  subnetsOf(network, zonesNamed(count))
    .flatMap((zone) => [zone.public, zone.private, zone.isolated, zone.controlPlane])
    .map((cidr) => parseBlock(cidr) as Block);

describe("the subnets of a network", () => {
  test("lie inside of it, aligned to their own size", () => {
    fc.assert(
      fc.property(networks, zoneCounts, (network, count) => {
        for (const block of blocksOf(network, count)) {
          expect(block, "every subnet is a block that a reader accepts").toBeDefined();
          expect(block.start).toBeGreaterThanOrEqual(network.start);
          expect(block.start + blockSize(block.prefix)).toBeLessThanOrEqual(network.start + blockSize(network.prefix));
        }
      }),
    );
  });

  test("never overlap", () => {
    fc.assert(
      fc.property(networks, zoneCounts, (network, count) => {
        const blocks = blocksOf(network, count);
        blocks.forEach((one, index) => {
          for (const other of blocks.slice(index + 1))
            expect(overlaps(one, other), `${formatBlock(one)} ${formatBlock(other)}`).toBe(false);
        });
      }),
    );
  });

  test("depend on the letter of their zone alone, whichever others there are and in whatever order", () => {
    fc.assert(
      fc.property(networks, fc.shuffledSubarray(zonesNamed(MAX_ZONES), { minLength: 1 }), (network, zones) => {
        const all = subnetsOf(network, zonesNamed(MAX_ZONES));
        expect(subnetsOf(network, zones)).toEqual(zones.map((name) => all.find(({ zone }) => zone === name)));
      }),
    );
  });

  test("are none for a zone whose letter has no block", () => {
    expect(() => subnetsOf({ start: 0, prefix: 16 }, ["zone-g"])).toThrow("Zone 'zone-g' has no letter from a to f");
  });

  test("of a /16 are a /19 for pods and a /24 for each of the others", () => {
    expect(subnetsOf({ start: 10 * 2 ** 24 + 20 * 2 ** 16, prefix: 16 }, ["a", "b"])).toEqual([
      {
        ...{ zone: "a", private: "10.20.0.0/19" },
        ...{ public: "10.20.224.0/24", isolated: "10.20.232.0/24", controlPlane: "10.20.240.0/24" },
      },
      {
        ...{ zone: "b", private: "10.20.32.0/19" },
        ...{ public: "10.20.225.0/24", isolated: "10.20.233.0/24", controlPlane: "10.20.241.0/24" },
      },
    ]);
  });
});

test("a block is read back as it was written", () => {
  fc.assert(
    fc.property(networks, (network) => {
      expect(parseBlock(formatBlock(network))).toEqual(network);
    }),
  );
});

test.each(["10.0.0.1/16", "10.0.0.0/33", "256.0.0.0/8", "10.0.0/16", "10.0.0.0", "::/0", ""])(
  "%j is no block",
  (text) => {
    expect(parseBlock(text)).toBeUndefined();
  },
);
