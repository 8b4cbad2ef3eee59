import { expect, test } from "vitest";
import { validNamespaces } from "../../proofs/valid-namespaces.ts";
import { damageObject, planOf, remodel, withoutObject } from "../plans.ts";
import { testProof } from "./damage.ts";

const label = (mode: string): string => `pod-security.kubernetes.io/${mode}`;

testProof(validNamespaces, [
  [
    "a looser level",
    "Namespace",
    "data",
    ({ metadata }) => (metadata.labels[label("enforce")] = "privileged"),
    /data enforces the level 'privileged'/,
  ],
  [
    "a stricter level",
    "Namespace",
    "nvidia-devices",
    ({ metadata }) => (metadata.labels[label("enforce")] = "restricted"),
    /its pods need 'privileged'/,
  ],
  [
    "no level",
    "Namespace",
    "data",
    ({ metadata }) => Reflect.deleteProperty(metadata.labels, label("enforce")),
    /level 'none'/,
  ],
  [
    "another minor",
    "Namespace",
    "data",
    ({ metadata }) => (metadata.labels[label("warn-version")] = "v1.20"),
    /warns another version than v1.35/,
  ],
  [
    "no answer for the mesh",
    "Namespace",
    "data",
    ({ metadata }) => Reflect.deleteProperty(metadata.labels, "istio-injection"),
    /istio-injection is 'not set'/,
  ],
  [
    "a proxy that the level refuses",
    "Namespace",
    "data",
    ({ metadata }) => (metadata.labels["istio-injection"] = "enabled"),
    /istio-injection is 'enabled'/,
  ],
  [
    "no namespace",
    "ServiceAccount",
    "worker",
    ({ metadata }) => delete metadata.namespace,
    /ServiceAccount worker names no namespace/,
  ],
  [
    "a looser audit",
    "Namespace",
    "velero",
    ({ metadata }) => (metadata.labels[label("audit")] = "baseline"),
    /audit must be 'restricted'/,
  ],
  [
    "a quota of nothing",
    "ResourceQuota",
    "application",
    ({ spec }) => (spec.hard = {}),
    /application has no ResourceQuota/,
  ],
]);

test("a policy that denies less is found in its namespace", async () => {
  const plan = await planOf("production");
  const denyAll = plan.objects.findIndex(
    ({ manifest: { kind, metadata } }) =>
      kind === "NetworkPolicy" && metadata.name === "deny-all" && metadata.namespace === "data",
  );
  const failures = validNamespaces.examine(remodel(plan, { objects: plan.objects.toSpliced(denyAll, 1) })).failures;
  expect(failures).toEqual(["Namespace data: no policy denies what the others do not allow."]);
});

test("a namespace that nothing makes, and a quota that is gone, are found", async () => {
  const plan = await planOf("production");
  expect(validNamespaces.examine(withoutObject(plan, "Namespace", "application")).failures).toContainEqual(
    "The platform's pods run in the namespace application, which nothing creates.",
  );
  expect(validNamespaces.examine(withoutObject(plan, "ResourceQuota", "application")).failures).toHaveLength(1);
  expect(validNamespaces.examine(damageObject(plan, "NetworkPolicy", "valkey", () => undefined)).failures).toEqual([]);
});
