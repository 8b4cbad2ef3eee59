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
  test.each([
    ["250m", 0.25],
    ["2", 2],
    [1.5, 1.5],
    ["1Ki", 1024],
    ["1k", 1000],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["3T", 3e12],
  ])("%j is %d of its base unit", (quantity, amount) => {
    expect(parseQuantity(quantity)).toBe(amount);
  });

  test.each(["", "1 Gi", "Gi", "-1", "1gi", "0x10", "1e3"])("%j is refused with what may be written", (quantity) => {
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
