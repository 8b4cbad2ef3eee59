import { expect, test } from "vitest";
import { requireRehearsal } from "../../proofs/require-rehearsal.ts";
import { damageObject, freshPlan, planOf, withoutObject, withResources } from "../plans.ts";

const [staging, production] = [await planOf("staging"), await planOf("production")];
const failuresOf = (plan: typeof staging): readonly string[] =>
  requireRehearsal.examine({ ...plan, rehearses: production }).failures;

test("staging rehearses production, with fewer replicas and smaller machines", () => {
  const { failures, evidence } = requireRehearsal.examine({ ...staging, rehearses: production });
  expect(failures).toEqual([]);
  expect(evidence).toEqual([expect.stringMatching(/^(\d+) of \1 parts of production$/)]);
});

test("what is left out or added is named", async () => {
  expect(failuresOf(withoutObject(staging, "PodDisruptionBudget", "worker"))).toEqual([
    "PodDisruptionBudget application/worker is in production, but not in this environment. Add it.",
  ]);
  expect(failuresOf(withResources(staging, (all) => all.filter(({ type }) => !type.endsWith(":FlowLog"))))).toEqual([
    expect.stringMatching(/^FlowLog .* is in production, but not in this environment/),
  ]);
  const renamed = damageObject(staging, "Job", "database-roles", ({ metadata }) => (metadata.name = "roles"));
  expect(failuresOf(renamed)).toEqual([
    "Job application/database-roles is in production, but not in this environment. Add it.",
    "Job application/roles is in this environment, but not in production. Remove it, or add it there.",
  ]);
  const dearer = await freshPlan("staging", { "pools.application.spot": false });
  expect(failuresOf(dearer)).toContain("pool application, spot is in production, but not in this environment. Add it.");
});

test("a budget that comes with the second replica is part of the shape", async () => {
  const smaller = await freshPlan("staging", {
    models: [{ name: "Qwen/Qwen2.5-7B-Instruct", hosted: { replicas: { min: 1, max: 2 } } }],
  });
  expect(failuresOf(smaller)).toEqual([
    "PodDisruptionBudget inference/qwen2-5-7b-instruct is in production, but not in this environment. Add it.",
  ]);
});

test("who rehearses nothing is not judged", () => {
  expect(requireRehearsal.examine(production)).toEqual({ evidence: ["rehearses nothing"], failures: [] });
});
