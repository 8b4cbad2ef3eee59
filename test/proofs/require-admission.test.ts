import { beforeAll, expect, test } from "vitest";
import type { Plan } from "../../plan/model/plan.ts";
import { podKinds } from "../../platform/catalogue/pod-rules.ts";
import { requireAdmission } from "../../proofs/require-admission.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf, withoutObject } from "../plans.ts";

let plan: Plan;
beforeAll(async () => {
  plan = await planOf("production");
});

const failures = (damaged: Plan): readonly string[] => requireAdmission.examine(damaged).failures;

test.each(environmentNames)("holds in %s", async (name) => {
  expect(failures(await planOf(name))).toEqual([]);
});

test.each<[string, (template: Editable) => void, string]>([
  [
    "a CPU limit",
    ({ spec }) => delete spec.containers[0].resources.limits.cpu,
    "container worker: resources.limits.cpu",
  ],
  ["amounts", ({ spec }) => delete spec.containers[0].resources, "container worker: resources.requests.memory"],
  [
    "amounts of an init container",
    ({ spec }) => (spec.initContainers = [{ name: "first" }]),
    "container first: resources.requests.cpu",
  ],
  [
    "a label",
    ({ metadata }) => delete metadata.labels["app.kubernetes.io/version"],
    "no label app.kubernetes.io/version",
  ],
])("a workload without %s fails", (_, damage, message) => {
  const damaged = damageObject(plan, "Deployment", "worker", ({ spec }) => {
    damage(spec.template);
  });
  expect(failures(damaged)).toContainEqual(expect.stringContaining(message));
});

const POLICY = ["ValidatingAdmissionPolicy", "promptops-pods"] as const;
const BINDING = ["ValidatingAdmissionPolicyBinding", "promptops-pods"] as const;

test.each<[string, (spec: Editable) => void]>([
  ["warns", (spec) => (spec.validationActions = ["Warn"])],
  ["names another policy", (spec) => (spec.policyName = "other")],
  ["leaves out a namespace", (spec) => spec.matchResources.namespaceSelector.matchExpressions[0].values.shift()],
  ["selects some objects alone", (spec) => (spec.matchResources.objectSelector = { matchLabels: { a: "b" } })],
])("a binding that %s fails", (_, damage) => {
  const found = failures(damageObject(plan, ...BINDING, ({ spec }) => damage(spec)));
  expect(found).toContainEqual(expect.stringMatching(/^Namespace application: no ValidatingAdmissionPolicy/));
});

test.each<[string, (spec: Editable) => void]>([
  ["ignores its errors", (spec) => (spec.failurePolicy = "Ignore")],
  ["validates nothing", (spec) => (spec.validations = [])],
  [
    "does not see updates",
    (spec) => spec.matchConstraints.resourceRules.forEach((rule: Editable) => rule.operations.pop()),
  ],
])("a policy that %s fails", (_, damage) => {
  const found = failures(damageObject(plan, ...POLICY, ({ spec }) => damage(spec)));
  expect(found).toContainEqual(expect.stringMatching(/^Namespace inference: no ValidatingAdmissionPolicy/));
});

test.each(podKinds)("a policy that does not see a $kind fails", ({ kind, resource }) => {
  const damaged = damageObject(plan, ...POLICY, ({ spec }) => {
    for (const rule of spec.matchConstraints.resourceRules)
      rule.resources = rule.resources.filter((each: string) => each !== resource);
  });
  expect(failures(damaged)).toContainEqual(expect.stringContaining(`denies a ${kind}.`));
});

test("no policy and no binding fail", () => {
  expect(failures(withoutObject(plan, ...POLICY)).length).toBeGreaterThan(0);
  expect(failures(withoutObject(plan, ...BINDING)).length).toBeGreaterThan(0);
});

const ofPolicy = (damage: (spec: Editable) => unknown, kind = "ValidatingAdmissionPolicy"): readonly string[] =>
  failures(damageObject(plan, kind, "promptops-pods", ({ spec }) => void damage(spec)));

test("an expression that is not closed, or reads a variable that is not there, is found", () => {
  expect(ofPolicy(({ validations }) => (validations[4].expression = "has(object.spec)x"))).toContainEqual(
    expect.stringMatching(/is not CEL/),
  );
  expect(ofPolicy(({ variables }) => (variables[3].name = "marks"))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/reads the variable 'labels', which is not declared/),
      expect.stringMatching(/no expression reads the variable 'marks'/),
    ]),
  );
});

test("a refusal without a reason, another API version, and a binding of every namespace are found", () => {
  expect(ofPolicy(({ validations }) => delete validations[0].messageExpression)).toContainEqual(
    expect.stringMatching(/has no message for those it refuses/),
  );
  expect(
    ofPolicy(({ matchConstraints }) => {
      for (const rule of matchConstraints.resourceRules) rule.apiVersions = ["v9"];
    }),
  ).toContainEqual(expect.stringMatching(/is bound to it that denies a Deployment/));
  expect(
    ofPolicy((spec) => delete spec.matchResources.namespaceSelector, "ValidatingAdmissionPolicyBinding"),
  ).toContainEqual(expect.stringMatching(/refuses pods of add-ons in/));
});
