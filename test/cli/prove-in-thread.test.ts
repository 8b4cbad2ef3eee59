import { expect, test } from "vitest";
import { prover } from "../../cli/prove-in-thread.ts";
import { prove } from "../../proofs/index.ts";
import { planOf } from "../plans.ts";

test("the thread finds what is found here, of a plan and of the plan that it rehearses", async () => {
  const plan = { ...(await planOf("staging")), rehearses: await planOf("production") };
  expect(await prover().prove(plan)).toEqual(prove(plan));
});

test("what a proof throws reaches who asked, and the thread goes on", async () => {
  const plan = await planOf("development");
  const broken = { ...plan, objects: undefined as never };
  await expect(prover().prove(broken)).rejects.toThrow(TypeError);
  const findings = await prover().prove(plan);
  expect(findings.flatMap(({ failures }) => failures)).toEqual([]);
});
