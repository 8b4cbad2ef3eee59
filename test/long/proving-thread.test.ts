import { expect, test } from "vitest";
import type { Plan } from "../../plan/model/plan.ts";
import { provePlan } from "../../cli/prove-plan.ts";
import { provingThread, startProvingThread } from "../../cli/proving-thread.ts";
import { environmentNames, services } from "../environments.ts";
import { damageObject, planOf } from "../plans.ts";

const plans = await Promise.all(environmentNames.map(planOf));

test("the thread finds in every environment, asked for all at once, what is found here", async () => {
  const answers = await Promise.all(plans.map((plan) => provingThread().prove(plan, services)));
  expect(answers).toEqual(plans.map(provePlan));
});

test("the thread reads programs: it finds one whose pod opens another port", async () => {
  const damaged = damageObject(await planOf("production"), "Deployment", "worker", ({ spec }) => {
    spec.template.spec.containers[0].ports[0].containerPort = 1;
  });
  const { findings } = await provingThread().prove(damaged, services);
  expect(findings.find(({ proof }) => proof === "valid-programs")?.failures).toHaveLength(1);
  expect(findings).toEqual(provePlan(damaged).findings);
});

test("a thread that fails rejects, with the error, what it is asked and what is asked later", async () => {
  const thread = startProvingThread();
  const [plan] = plans;
  const broken = { ...plan, objects: null } as unknown as Plan;
  const answers = await Promise.allSettled([thread.prove(broken, services), thread.prove(plan as Plan, services)]);
  answers.push(...(await Promise.allSettled([thread.prove(plan as Plan, services)])));
  for (const answer of answers)
    expect(answer).toMatchObject({ status: "rejected", reason: expect.objectContaining({ name: "TypeError" }) });
});
