import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planFileSchema, toPlanFile } from "../../plan/plan-file.ts";
import { planFileJsonSchema } from "../../docs/plan-schema.ts";
import { validateObjects } from "../../plan/validate-objects.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { effectsOf } from "../../proofs/evaluation/effects.ts";
import { prove } from "../../proofs/index.ts";
import { environmentNames, root } from "../environments.ts";
import { freshPlan, planOf } from "../plans.ts";

test.each(environmentNames)("the plan of %s keeps the documented shape", async (name) => {
  const plan = await planOf(name);
  expect(
    planFileSchema.safeParse(toPlanFile(plan, { findings: prove(plan), effects: effectsOf(plan) })).error,
  ).toBeUndefined();
});

test("the same description gives the same bytes twice", async () => {
  const [one, other] = [await freshPlan("production"), await freshPlan("production")];
  const bytes = (plan: Plan): string => JSON.stringify(toPlanFile(plan, { findings: [], effects: effectsOf(plan) }));
  expect(bytes(one)).toBe(bytes(other));
});

test("docs/plan.schema.json is made from the shape that the code keeps", () => {
  expect(JSON.parse(readFileSync(join(root, "docs", "plan.schema.json"), "utf8"))).toEqual(planFileJsonSchema());
});

test("objects are judged by the API server's code, and an unknown field is named", async () => {
  const plan = await planOf("production");
  expect((await validateObjects(plan)).failures).toEqual([]);
  const objects = plan.objects.map(({ path, manifest }) =>
    manifest.kind === "ScaledObject" && manifest.metadata.name === "worker"
      ? { path, manifest: { ...manifest, spec: { ...(manifest.spec as object), maxReplicas: 5 } } }
      : { path, manifest },
  );
  expect((await validateObjects({ ...plan, objects })).failures).toEqual([
    "ScaledObject application/worker: spec.maxReplicas: unknown field",
  ]);
});
