import { expect, test } from "vitest";
import type { Descriptors } from "../../platform/descriptors.ts";
import { upgradesOf } from "../../platform/upgrades.ts";
import { descriptors, environment } from "../environments.ts";

const upgrades = (
  name: string,
  keys: Readonly<Record<string, unknown>> = {},
  of: Descriptors = descriptors,
): string[] => upgradesOf(environment(name, keys), of).map(({ key, current, next }) => `${key}: ${current} -> ${next}`);

const newest = { "kubernetes.version": "1.36" };

test("nothing is behind where every version is the newest that is listed", () => {
  expect(upgrades("production", newest)).toEqual([]);
});

test("Kubernetes goes one minor at a time", () => {
  expect(upgrades("production-lke", { "kubernetes.version": "1.34" })).toEqual(["kubernetes.version: 1.34 -> 1.35"]);
  expect(upgrades("production")).toEqual(["kubernetes.version: 1.35 -> 1.36"]);
});

test("Postgres goes to its newest major at once", () => {
  expect(upgrades("production", { ...newest, "database.version": "15" })).toEqual(["database.version: 15 -> 17"]);
});

test("an add-on is behind where it is pinned, and not where it follows the list", () => {
  const addons = descriptors.addons.map((addon) =>
    addon.name === "valkey" && "source" in addon.delivery
      ? {
          ...addon,
          delivery: { ...addon.delivery, source: { ...addon.delivery.source, versions: ["0.12.0", "0.11.0"] } },
        }
      : addon,
  ) as typeof descriptors.addons;
  const newer = { ...descriptors, addons };
  const pinned = { ...newest, "addons.valkey": { memory: "1Gi", storage: "10Gi", version: "0.11.0" } };
  expect(upgrades("production", pinned, newer)).toEqual(["addons.valkey.version: 0.11.0 -> 0.12.0"]);
  expect(upgrades("production", newest, newer)).toEqual([]);
});
