import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { environmentFiles, newEnvironment } from "../../cli/new-environment.ts";
import { planEnvironment } from "../../plan/plan.ts";
import { validateObjects } from "../../plan/validate-objects.ts";
import { clouds } from "../../platform/clouds.ts";
import { readEnvironment } from "../../platform/read-environment.ts";
import { prove } from "../../proofs/index.ts";
import { descriptors } from "../environments.ts";
import { planOf } from "../plans.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-new-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The environment of the project on the same cloud. */
const committed = { aws: "staging", linode: "production-lke", local: "development" } as const;

test.each(clouds)(
  "a new environment on %s plans as it is, and keeps every proof that the project's own keeps",
  async (cloud) => {
    expect(newEnvironment(folder, "trial", cloud)).toContain("created Pulumi.trial.yaml");
    const plan = await planEnvironment(readEnvironment(folder, "trial", descriptors), descriptors);
    expect(plan.cloud).toBe(cloud);
    expect((await validateObjects(plan)).failures).toEqual([]);
    const own = prove(await planOf(committed[cloud])).filter(({ failures }) => failures.length === 0);
    const names = own.map(({ proof }) => proof);
    expect(prove(plan).flatMap(({ proof, failures }) => (names.includes(proof) ? failures : []))).toEqual([]);
  },
);

test("the cloud is local unless it is named", () => {
  newEnvironment(folder, "trial");
  const text = readFileSync(join(folder, "Pulumi.trial.yaml"), "utf8");
  expect(text).toBe(environmentFiles("trial", "local")["Pulumi.trial.yaml"]);
});

test("an environment that exists is refused and stays as it is", () => {
  writeFileSync(join(folder, "Pulumi.trial.yaml"), "mine");
  expect(() => newEnvironment(folder, "trial")).toThrow("Pulumi.trial.yaml already exists. Choose another name.");
  expect(readFileSync(join(folder, "Pulumi.trial.yaml"), "utf8")).toBe("mine");
});

test.each(["Trial", "../trial", "", "a".repeat(31)])("the name '%s' is refused, and nothing is written", (name) => {
  expect(() => newEnvironment(folder, name)).toThrow("is not a valid environment name");
  expect(readdirSync(folder)).toEqual([]);
});
