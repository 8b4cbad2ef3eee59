import { describe, expect, test } from "vitest";
import { criticalT, pairedInterval, wilsonInterval } from "../../services/api/evaluations/statistics.ts";

describe("Student's t", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: the column 0.975.
  test.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [9, 2.262],
    [10, 2.228],
    [29, 2.045],
    [30, 2.042],
    [99, 1.984],
    [100, 1.984],
    [1_999, 1.961],
  ])("with %d degrees of freedom has 95 %% within %d", (degrees, expected) => {
    expect(criticalT(degrees)).toBeCloseTo(expected, 3);
  });
});

describe("an interval of differences", () => {
  test("is the mean with t times the standard error to both sides", () => {
    const [low = NaN, high = NaN] = pairedInterval({ pairs: 4, mean: 0.25, deviation: 0.5 }) ?? [];
    expect(low).toBeCloseTo(0.25 - (3.182 * 0.5) / 2, 3);
    expect(high).toBeCloseTo(0.25 + (3.182 * 0.5) / 2, 3);
  });

  test("is none for one pair", () => {
    expect(pairedInterval({ pairs: 1, mean: 0.25, deviation: 0 })).toBeNull();
  });
});

describe("Wilson's interval", () => {
  // By hand: p = 8/10, z = 1.96: center (0.8 + 3.8416/20) / 1.38416, margin 1.96 / 1.38416 * sqrt(0.016 + 3.8416/400).
  test("of 8 in 10 is from 0.490 to 0.943", () => {
    const [low = NaN, high = NaN] = wilsonInterval(8, 10) ?? [];
    expect([low, high].map((each) => each.toFixed(3))).toEqual(["0.490", "0.943"]);
  });

  test("stays within 0 and 1, and is none of nothing", () => {
    expect(wilsonInterval(0, 3)?.[0]).toBe(0);
    expect(wilsonInterval(3, 3)?.[1]).toBe(1);
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});
