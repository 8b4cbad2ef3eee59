import { describe, expect, test } from "vitest";
import { validDelivery } from "../../proofs/valid-delivery.ts";
import type { RecordedResource } from "../../plan/model/recorded.ts";
import { type Editable, planOf, withResources } from "../plans.ts";
import { testProof } from "./damage.ts";

testProof(validDelivery, [
  [
    "a kind that nothing has defined yet",
    "Schedule",
    "daily",
    ({ metadata }) => delete metadata.annotations["argocd.argoproj.io/sync-options"],
    /the first sync stops/,
  ],
]);

const isRoot = ({ type, name }: RecordedResource): boolean => type.endsWith(":Release") && name === "root";

describe("the root Application", () => {
  test.each<[string, (values: Editable) => unknown, RegExp]>([
    ["of another folder", ({ applications }) => (applications.platform.source.path = "web"), /source.path is not "."/],
    [
      "that heals a canary's weights",
      ({ applications }) => (applications.platform.ignoreDifferences = []),
      /Argo Rollouts moves weights/,
    ],
    [
      "whose project refuses an add-on",
      ({ projects }) => projects.platform.sourceRepos.pop(),
      /projects.platform.sourceRepos is/,
    ],
    ["of another cluster", ({ projects }) => (projects.platform.destinations = []), /destinations is not/],
  ])("%s is found", async (_, damage, failure) => {
    const damaged = withResources(await planOf("production"), (resources) =>
      resources.map((each) => {
        if (!isRoot(each)) return each;
        const copy = structuredClone(each);
        damage(copy.inputs["values"]);
        return copy;
      }),
    );
    expect(validDelivery.examine(damaged).failures).toContainEqual(expect.stringMatching(failure));
  });

  test("that is gone is found", async () => {
    const damaged = withResources(await planOf("production"), (all) => all.filter((each) => !isRoot(each)));
    expect(validDelivery.examine(damaged).failures).toEqual(["No Release makes the root Application."]);
  });
});
