import { describe, expect, test } from "vitest";
import {
  bytes,
  cpuQuantity,
  formatBytes,
  formatMillicores,
  millicores,
  parseQuantity,
} from "../../platform/quantity.ts";

describe("a quantity", () => {
  // As resource.ParseQuantity of k8s.io/apimachinery v0.35.4 printed them: AsDec, MilliValue and Value.
  test.each<[string | number, number, number, number]>([
    ["250m", 0.25, 250, 1],
    ["2", 2, 2000, 2],
    [1.5, 1.5, 1500, 2],
    ["1e3", 1000, 1e6, 1000],
    ["1E3", 1000, 1e6, 1000],
    ["1e+3", 1000, 1e6, 1000],
    ["1e-3", 0.001, 1, 1],
    ["1.5e3", 1500, 1.5e6, 1500],
    ["1e-400", 1e-9, 1, 1],
    ["1n", 1e-9, 1, 1],
    ["0.1n", 1e-9, 1, 1],
    ["100u", 0.0001, 1, 1],
    ["1.0001", 1.0001, 1001, 2],
    ["1.001", 1.001, 1001, 2],
    ["1k", 1000, 1e6, 1000],
    ["1Ki", 1024, 1_024_000, 1024],
    ["1M", 1e6, 1e9, 1e6],
    ["1.5Gi", 1.5 * 2 ** 30, 1_610_612_736_000, 1_610_612_736],
    ["3T", 3e12, 3e15, 3e12],
    ["1P", 1e15, 1e18, 1e15],
    ["1Pi", 2 ** 50, 2 ** 50 * 1000, 2 ** 50],
    ["00.5", 0.5, 500, 1],
    [".5", 0.5, 500, 1],
    ["1.", 1, 1000, 1],
    ["+1", 1, 1000, 1],
    ["-1", -1, -1000, -1],
    ["0", 0, 0, 0],
    ["12345678901234567890n", 12_345_678_901.234_568, 12_345_678_901_235, 12_345_678_902],
  ])("%j is %d of its base unit", (quantity, amount, milli, value) => {
    expect([parseQuantity(quantity), millicores(quantity), bytes(quantity)]).toEqual([amount, milli, value]);
  });

  test.each([
    ["1E", 1e18],
    ["1Ei", 2 ** 60],
    ["9Ei", 2 ** 63],
    ["1e20", 2 ** 63],
    [`1e${"9".repeat(100)}`, 2 ** 63],
  ])("%j is at most 2^63-1, to the precision of a number", (quantity, amount) => {
    expect(parseQuantity(quantity)).toBe(amount);
  });

  test.each([
    ...["", ".", "+", "1e", "1e1.5", "1ee3", "1i", "1Mi3", "1K", "1ki", "1mi", "1gi", "1g", "1Ui", "1nm", "1e3Ki"],
    ...["1 Gi", " 1", "1Gi ", "Gi", "0x10", "1_000", "1,5", "1..2", "1.2.3", "Infinity", "NaN", "１"],
  ])("%j is refused with what may be written", (quantity) => {
    expect(() => parseQuantity(quantity)).toThrow(/is no Kubernetes quantity.*Write a number/);
  });

  test("of CPU is counted in whole millicores, rounded up", () => {
    expect([millicores("250m"), millicores("0.1"), millicores("1.0001"), millicores(3)]).toEqual([
      250, 100, 1001, 3000,
    ]);
  });

  test("of memory is counted in whole bytes, rounded up", () => {
    expect([bytes("1Mi"), bytes("0.5"), bytes("256Mi")]).toEqual([1_048_576, 1, 268_435_456]);
  });

  test("of CPU is written as the API server writes it back", () => {
    expect([cpuQuantity(45_000), cpuQuantity(4500), cpuQuantity(250)]).toEqual(["45", "4500m", "250m"]);
  });

  test("is shown in the unit that a reader thinks in", () => {
    expect([
      formatBytes(bytes("1.5Gi")),
      formatBytes(bytes("256Mi")),
      formatMillicores(250),
      formatMillicores(2500),
    ]).toEqual(["1.5Gi", "256Mi", "250m", "2.5"]);
  });
});
