import { expect, test } from "vitest";
import { readResources } from "../../plan/plan.ts";
import { planOf } from "../plans.ts";

test("the same resources are judged anew where other rights are declared", async () => {
  const plan = await planOf("production");
  const allowed = (rights: typeof plan.expected.cloud.rights): number => {
    const expected = { ...plan.expected, cloud: { ...plan.expected.cloud, rights } };
    return readResources({ ...plan, expected }, [], plan.resources).safety.identities.reduce(
      (sum, identity) => sum + identity.allowed,
      0,
    );
  };
  const { rights } = plan.expected.cloud;
  expect(allowed(rights)).toBeGreaterThan(allowed([]));
  expect(allowed(rights)).toBe(allowed([...rights]));
});
