import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDescriptors, platformAddons } from "../../addons/catalogue.ts";
import { newAddon } from "../../cli/new-addon.ts";
import { planEnvironment } from "../../plan/plan.ts";
import { parseEnvironment } from "../../platform/read-environment.ts";
import { prove } from "../../proofs/index.ts";
import { environmentSource, root, services } from "../environments.ts";
import { planOf } from "../plans.ts";

/** A folder that has the project's platform/ and packages, where a new add-on finds them. */
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-new-"));
  for (const name of ["node_modules", "platform"]) symlinkSync(join(root, name), join(folder, name));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("a new add-on is planned where an environment names it, and keeps every proof", async () => {
  expect(newAddon(folder, "node-problem-detector")).toContain("created addons/node-problem-detector/addon.ts");
  const descriptors = await loadDescriptors({ services, addons: [platformAddons, join(folder, "addons")] });
  const source = environmentSource("development", { "addons.node-problem-detector": {} });
  const plan = await planEnvironment(parseEnvironment(source, "development", descriptors), descriptors);
  expect(plan.addons.map(({ name }) => name)).toContain("node-problem-detector");
  expect(plan.objects.map(({ path }) => path)).toContain("00-namespaces/namespace.node-problem-detector.yaml");
  const failures = (of: typeof plan): string[] => prove(of).flatMap((finding) => finding.failures);
  expect(failures(plan)).toEqual(failures(await planOf("development")));
});

test("its evidence has the day on which it was made", () => {
  newAddon(folder, "one", new Date("2026-11-24T23:00:00Z"));
  expect(readFileSync(join(folder, "addons/one/addon.ts"), "utf8")).toContain('date: "2026-11-24"');
});

test("an add-on that exists is refused", () => {
  mkdirSync(join(folder, "addons", "one"), { recursive: true });
  expect(() => newAddon(folder, "one")).toThrow("addons/one already exists. Choose another name.");
});

test.each(["One", "../one", "", "a".repeat(41)])("the name '%s' is refused", (name) => {
  expect(() => newAddon(folder, name)).toThrow("is not a valid add-on name");
});
