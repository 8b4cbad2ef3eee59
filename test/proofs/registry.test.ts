import { expect, test } from "vitest";
import { rowOf } from "../../plan/changes/on-change.ts";
import { textOf } from "../../plan/model/recorded.ts";
import { proofs } from "../../proofs/index.ts";
import { requireAsDeclared } from "../../proofs/require-as-declared.ts";
import { requireEncryption } from "../../proofs/require-encryption.ts";
import { requireProtection } from "../../proofs/require-protection.ts";
import { faultsOf } from "../environments.ts";
import { freshPlan, planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, found, without } from "./cloud.ts";

const REGISTRY = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/promptops-production";
const [plan, absent] = [
  await freshPlan("production", { registry: {}, "release.registry": REGISTRY }),
  await planOf("production"),
];

test("every proof holds of an environment with a registry of its own", () => {
  expect(proofs.flatMap(({ name, examine }) => examine(plan).failures.map((failure) => `${name}: ${failure}`))).toEqual(
    [],
  );
});

test("each service's image comes from its repository", () => {
  const images = JSON.stringify(plan.objects.map(({ manifest }) => manifest)).match(/"image":"[^"]*promptops[^"]*"/g);
  const repositories = plan.resources.filter(({ type }) => type === "aws:ecr/repository:Repository");
  expect(repositories.map(({ inputs }) => inputs["name"])).toEqual([
    "promptops-production/analytics",
    "promptops-production/api",
    "promptops-production/egress-proxy",
    "promptops-production/evaluator",
    "promptops-production/notifications",
    "promptops-production/worker",
  ]);
  const host = REGISTRY.replace("/promptops-production", "");
  for (const image of images ?? []) {
    const named = repositories.some(({ inputs }) => image.startsWith(`"image":"${host}/${textOf(inputs["name"])}:`));
    expect(named, image).toBe(true);
  }
  expect(images?.length).toBeGreaterThan(1);
});

test("what changes every input is known, and a policy goes before the next one comes", () => {
  for (const of of ["Repository api", "LifecyclePolicy api"]) {
    const { type, inputs } = found(plan, of);
    expect(Object.keys(inputs).filter((input) => !rowOf(type, input))).toEqual([]);
  }
  expect(found(plan, "LifecyclePolicy api").deleteBeforeReplace).toBe(true);
});

test("its storage is billed", () => {
  const charges = plan.billing.charges.filter(({ item }) => item === "ECR storage");
  expect(charges.map(({ resource, amount }) => [resource, amount.max])).toEqual([
    ["Repository 'analytics'", 10],
    ["Repository 'api'", 10],
    ["Repository 'egress-proxy'", 10],
    ["Repository 'evaluator'", 10],
    ["Repository 'notifications'", 10],
    ["Repository 'worker'", 10],
  ]);
});

test.each<Case>([
  [
    "whose tags move",
    (of) => damaged(of, "Repository api", (inputs) => (inputs.imageTagMutability = "MUTABLE")),
    /^Repository 'api' lacks: imageTagMutability IMMUTABLE/,
  ],
  [
    "whose images nobody scans",
    (of) => damaged(of, "Repository api", (inputs) => (inputs.imageScanningConfiguration.scanOnPush = false)),
    /^Repository 'api' lacks: a scan of each image/,
  ],
  ["that keeps every image", (of) => without(of, "LifecyclePolicy api"), /^Repository 'api' lacks: a lifecycle policy/],
  [
    "that goes with its images",
    (of) => damaged(of, "Repository api", (inputs) => (inputs.forceDelete = true)),
    /^Repository 'api' lacks: forceDelete off/,
  ],
  [
    "that Pulumi may delete",
    (of) => damaged(of, "Repository api", (_, resource) => (resource.protect = false)),
    /^Repository 'api' can be deleted by Pulumi/,
  ],
])("a repository %s is noticed", (_, damage, failure) => {
  expectFailure(requireProtection, damage(plan), failure);
});

test("a repository without our own key, and one that is missing, are noticed", () => {
  const clear = damaged(
    plan,
    "Repository api",
    (inputs) => (inputs.encryptionConfigurations[0].encryptionType = "AES256"),
  );
  expectFailure(requireEncryption, clear, /^Repository 'api' is encrypted with the provider's key/);
  expectFailure(
    requireAsDeclared,
    without(plan, "Repository worker"),
    /has promptops-production\/analytics, promptops-production\/api, promptops-production\/egress-proxy, promptops-production\/evaluator, promptops-production\/notifications, and 'registry' is promptops-production\/analytics, promptops-production\/api, promptops-production\/egress-proxy, promptops-production\/evaluator, promptops-production\/notifications, promptops-production\/worker/,
  );
  expectFailure(requireAsDeclared, { ...plan, expected: absent.expected }, /and 'registry' is not declared/);
});

test("a release in another registry is refused", () => {
  expect(faultsOf({ registry: {} })).toEqual([
    `promptops:release.registry: must be ${REGISTRY} where 'registry' makes one. Correct it, or remove 'registry'.`,
  ]);
  expect(faultsOf({ registry: {} }, "production-lke")).toEqual([
    "promptops:registry: has no meaning on linode. Remove it.",
  ]);
});
