import { test } from "vitest";
import { validResources } from "../../proofs/valid-resources.ts";
import { planOf } from "../plans.ts";
import { type Case, damaged, expectFailure } from "./cloud.ts";

const aws = await planOf("production");

test.each<Case>([
  [
    "resources of a provider that is gone",
    (plan) => ({ ...plan, resources: plan.resources.filter(({ type }) => type !== "pulumi:providers:kubernetes") }),
    /takes an output of 'cluster', which is not in the plan/,
  ],
  [
    "a class whose name Pulumi chooses",
    (plan) => damaged(plan, "StorageClass fast-ssd", (inputs) => delete inputs.metadata.name),
    /StorageClass 'fast-ssd' has no name of its own/,
  ],
  [
    "a role whose name Pulumi chooses",
    (plan) => damaged(plan, "Role velero", (inputs) => delete inputs.name),
    /Role 'velero': name is not set/,
  ],
  [
    "nodes of any image",
    (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => delete inputs.amiType),
    /'data-1-a': amiType is not set, so the image follows/,
  ],
  [
    "tags of nothing",
    (plan) => damaged(plan, "LaunchTemplate data-1", (inputs) => delete inputs.tagSpecifications[0].resourceType),
    /tagSpecifications.\*.resourceType is not set/,
  ],
  [
    "a policy in the language of 2008",
    (plan) =>
      damaged(plan, "Role cluster-autoscaler", (inputs) => {
        inputs.assumeRolePolicy = inputs.assumeRolePolicy.replace("2012-10-17", "2008-10-17");
      }),
    /the Version of its assumeRolePolicy is '2008-10-17'/,
  ],
  [
    "a key that its account cannot manage",
    (plan) =>
      damaged(plan, "Key logs", (inputs) => {
        inputs.policy = inputs.policy.replace(":root", ":user/somebody");
      }),
    /Key 'logs' has a policy by which its own account may not manage it/,
  ],
  [
    "a key that CloudWatch may delete",
    (plan) =>
      damaged(plan, "Key logs", (inputs) => {
        inputs.policy = inputs.policy.replace("kms:DescribeKey", "kms:*");
      }),
    /Key 'logs' may be deleted by CloudWatch Logs/,
  ],
])("%s are found", (_, damage, failure) => {
  expectFailure(validResources, damage(aws), failure);
});
