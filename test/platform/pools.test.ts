import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ResolvedPool, resolvePools, spread } from "../../platform/pools.ts";
import { environment } from "../environments.ts";

function pool(name: string, changes: Record<string, unknown> = {}): ResolvedPool {
  const found = resolvePools(environment("production", changes)).find((each) => each.name === name);
  if (!found) throw new Error(`no pool ${name}`);
  return found;
}

test("nodes are dealt over zones evenly, all of them, the larger shares first", () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 6 }), (total, parts) => {
      const shares = spread(total, parts);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      expect(shares).toEqual(shares.toSorted((one, other) => other - one));
    }),
  );
});

describe("a pool", () => {
  test("takes the smallest machine type that has what it needs", () => {
    expect(pool("data").machines.map(({ name }) => name)).toEqual(["r5.xlarge"]);
    expect(pool("infrastructure").machines.map(({ name }) => name)).toEqual(["t3.large"]);
  });

  test("that is spot takes several types of one size, so that one market's end is not its own", () => {
    const { machines } = pool("application");
    expect(machines.length).toBeGreaterThan(1);
    expect(new Set(machines.map(({ vcpu, memoryGiB }) => `${vcpu}/${memoryGiB}`)).size).toBe(1);
  });

  test("that names a type gets that one", () => {
    const changes = { "pools.data.needs": undefined, "pools.data.type": "m6i.2xlarge" };
    expect(pool("data", changes).machines.map(({ name }) => name)).toEqual(["m6i.2xlarge"]);
  });

  test("keeps at least one node in each of its zones that no market can take back", () => {
    for (const { name, shares } of resolvePools(environment("production"))) {
      const zones = new Set(shares.map(({ zone }) => zone));
      const kept = shares.filter(({ spot, min }) => !spot && min >= 1);
      expect(
        kept.map(({ zone }) => zone),
        name,
      ).toEqual([...zones]);
    }
  });

  test("that is spot buys its fewest nodes on demand and only what comes on top on the market", () => {
    const { shares } = pool("application");
    expect(shares.map(({ zone, spot, min, max }) => [zone?.at(-1), spot, min, max])).toEqual([
      ["a", false, 1, 1],
      ["a", true, 0, 6],
      ["b", false, 1, 1],
      ["b", true, 0, 6],
      ["c", false, 1, 1],
      ["c", true, 0, 5],
    ]);
    expect(shares.every(({ spot, labels }) => labels["spot"] === String(spot))).toBe(true);
    const fixed = pool("application", { "pools.application.nodes": { min: 3, max: 3 } });
    expect(fixed.shares.map(({ spot }) => spot)).toEqual([false, false, false]);
  });

  test("that is dedicated is tainted with its name, as the seeds write it", () => {
    expect(pool("data").taints).toEqual([{ key: "workload", value: "data", effect: "NoSchedule" }]);
    expect(pool("application").taints).toEqual([]);
  });

  test("with GPUs keeps other pods away and lets NVIDIA's device plugin in", () => {
    const { taints, shares } = pool("gpu");
    expect(taints).toEqual([{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }]);
    expect(shares.map(({ max, labels }) => [max, labels["nvidia.com/gpu.present"]])).toEqual([
      [1, "true"],
      [1, "true"],
    ]);
  });

  test("wishes for spot in vain where there is no market", () => {
    const [application] = resolvePools(environment("development"));
    expect(application?.shares.map(({ spot, labels }) => [spot, labels["spot"]])).toEqual([
      [false, "false"],
      [false, "false"],
      [false, "false"],
    ]);
  });
});
