import { expect, test } from "vitest";
import { provePlan } from "../../cli/prove-plan.ts";
import { provingThread } from "../../cli/proving-thread.ts";
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
