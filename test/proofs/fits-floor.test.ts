import { expect, test } from "vitest";
import { fitsFloor } from "../../proofs/fits-floor.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, planOf, withResources } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: Plan): readonly string[] => fitsFloor.examine(each).failures;

test.each(environmentNames)("%s holds its fewest pods without a spot node", async (name) => {
  const { failures, evidence } = fitsFloor.examine(await planOf(name));
  expect(failures).toEqual([]);
  // A cloud without zones has its three nodes in one place.
  const where =
    name === "production-lke" ? /^application: \d+ pods on 3 nodes/ : /^application \S+: \d+ pods on 1 node,/;
  expect(evidence).toContainEqual(expect.stringMatching(where));
});

test("a pool that is spot to the last node has no floor", () => {
  const allSpot = withResources(plan, (resources) =>
    resources.map((resource) =>
      resource.name.startsWith("application") && resource.type.endsWith(":NodeGroup")
        ? { ...resource, inputs: { ...resource.inputs, capacityType: "SPOT" } }
        : resource,
    ),
  );
  expect(failuresOf(allSpot)).toContainEqual(
    expect.stringMatching(/^Rollout application\/api: at minimum replicas 2 of its pods find no room on any pool/),
  );
});

test("the fewest replicas may not be more than the floor holds", () => {
  const damaged = damageObject(plan, "ScaledObject", "worker", ({ spec }) => (spec.minReplicaCount = 40));
  expect(failuresOf(damaged)).toContainEqual(
    expect.stringMatching(/^Deployment application\/worker: .* find no room on pool application without spot nodes/),
  );
});
