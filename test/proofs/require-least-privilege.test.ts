import { describe, expect, test } from "vitest";
import { allows, parsePolicy } from "../../plan/clouds/aws/iam.ts";
import { requireLeastPrivilege } from "../../proofs/require-least-privilege.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { environmentNames } from "../environments.ts";
import { type Editable, planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, found, output, without, withResource } from "./cloud.ts";

const [aws, lke] = [await planOf("production"), await planOf("production-lke")];

/** Changes the first statement of a policy. */
const statement = (inputs: Editable, key: string, change: (statement: Editable) => void): void => {
  const document = JSON.parse(inputs[key]);
  change(document.Statement[0]);
  inputs[key] = JSON.stringify(document);
};

test.each(environmentNames)("identities in %s may do what they need and nothing else", async (name) => {
  const { failures, evidence } = requireLeastPrivilege.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^\d+ identit(y|ies), \d+ permissions in use, 0 in excess$/);
});

describe("a policy", () => {
  const policy =
    (change: (statement: Editable) => void): Case[1] =>
    (plan) =>
      damaged(plan, "RolePolicy velero", (inputs) => statement(inputs, "policy", change));

  test.each<Case>([
    ["of every action", policy((each) => (each.Action = "*")), /allows '\*'/],
    ["of every action of a service", policy((each) => (each.Action = "s3:*")), /allows 's3:\*'/],
    ["of every resource", policy((each) => (each.Resource = "*")), /on every resource/],
    [
      "of every bucket",
      policy((each) => (each.Resource = "arn:aws:s3:::*")),
      /allows s3:ListBucket on arn:aws:s3:::other/,
    ],
    [
      "of one action more",
      policy((each) => each.Action.push("s3:DeleteBucket")),
      /allows s3:DeleteBucket, which it does not need/,
    ],
    ["of one action less", policy((each) => each.Action.splice(0, 1)), /cannot s3:ListBucket on/],
    ["that denies", policy((each) => (each.Effect = "Deny")), /cannot s3:ListBucket on/],
    ["of another bucket", policy((each) => (each.Resource = "arn:aws:s3:::other")), /cannot s3:ListBucket/],
    [
      "of all but an action",
      policy((each) => {
        each.NotAction = each.Action;
        delete each.Action;
      }),
      /NotAction/,
    ],
    [
      "without the condition on its key",
      (plan) =>
        damaged(
          plan,
          "RolePolicy external-secrets",
          (inputs) => (inputs.policy = inputs.policy.replace(/,"Condition":\{.*?\}\}/, "")),
        ),
      /allows kms:Decrypt on arn:aws:kms:[^ ]*key\/other/,
    ],
    [
      "without the condition on grants",
      (plan) =>
        damaged(
          plan,
          "RolePolicy aws-ebs-csi-driver",
          (inputs) => (inputs.policy = inputs.policy.replace(/,"Bool":\{.*?\}/, "")),
        ),
      /allows kms:CreateGrant/,
    ],
    [
      "for the alias of another key",
      (plan) => damaged(plan, "Alias data", (inputs) => (inputs.targetKeyId = output(found(plan, "Key cluster")))),
      /cannot kms:Decrypt/,
    ],
    ["that is gone", (plan) => without(plan, "RolePolicy external-secrets"), /cannot secretsmanager:GetSecretValue/],
    ["that is no JSON", (plan) => damaged(plan, "RolePolicy velero", (inputs) => (inputs.policy = "{")), /is not JSON/],
    [
      "of AWS that is gone",
      (plan) => without(plan, "RolePolicyAttachment vpc-cni"),
      /aws-node cannot ec2:AssignPrivateIpAddresses/,
    ],
    [
      "of AWS for administrators",
      (plan) =>
        withResource(plan, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
          role: "promptops-production.node",
          policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
        }),
      /^Nodes of .* has the policy 'AdministratorAccess'/,
    ],
    [
      "of the log of flows that writes elsewhere",
      (plan) =>
        damaged(
          plan,
          "RolePolicy flow-log",
          (inputs) => (inputs.policy = inputs.policy.replace("/flow-log:*", "/other:*")),
        ),
      /cannot logs:CreateLogStream/,
    ],
  ])("%s is noticed", (_, damage, failure) => {
    expectFailure(requireLeastPrivilege, damage(aws), failure);
  });
});

describe("a role", () => {
  const trust =
    (role: string, change: (statement: Editable) => void): Case[1] =>
    (plan) =>
      damaged(plan, `Role ${role}`, (inputs) => statement(inputs, "assumeRolePolicy", change));

  test.each<Case>([
    [
      "that anybody takes",
      trust("velero", (each) => (each.Principal = "*")),
      /^ServiceAccount velero\/velero-server: \* can take its role/,
    ],
    [
      "that another account takes",
      trust("node", (each) => (each.Principal.AWS = "arn:aws:iam::000000000000:root")),
      /000000000000:root can take its role/,
    ],
    [
      "that another service takes",
      trust("cluster", (each) => (each.Principal.Service = "ec2.amazonaws.com")),
      /eks.amazonaws.com cannot call sts:AssumeRole/,
    ],
    [
      "without tags of its session",
      trust("velero", (each) => (each.Action = "sts:AssumeRole")),
      /cannot call sts:TagSession/,
    ],
    ["for every pod", trust("velero", (each) => delete each.Condition), /can assume its role for another account/],
    [
      "for another ServiceAccount",
      trust("velero", (each) => (each.Condition.StringEquals["aws:RequestTag/kubernetes-service-account"] = "default")),
      /cannot call sts:AssumeRole/,
    ],
    [
      "for clusters of other accounts",
      trust("cluster", (each) => delete each.Condition),
      /can assume its role for another account/,
    ],
    [
      "of another account",
      (plan) =>
        damaged(
          plan,
          "PodIdentityAssociation velero",
          (inputs) => (inputs.roleArn = "arn:aws:iam::000000000000:role/velero"),
        ),
      /takes a role that is not in the plan/,
    ],
    [
      "of another identity",
      (plan) =>
        damaged(
          plan,
          "PodIdentityAssociation velero",
          (inputs) => (inputs.roleArn = output(found(plan, "Role external-secrets"))),
        ),
      /velero-server cannot s3:/,
    ],
    ["of nothing", (plan) => without(plan, "FlowLog"), /^Role 'flow-log': nothing takes it/],
    ["that is gone", (plan) => without(plan, "Role node"), /^Nodes of .* role that is not in the plan/],
    [
      "that pods take from their node",
      (plan) =>
        damaged(plan, "LaunchTemplate data-1", (inputs) => (inputs.metadataOptions.httpPutResponseHopLimit = 2)),
      /pods on data-.* can take its role/,
    ],
    [
      "that pods take without a token",
      (plan) => damaged(plan, "LaunchTemplate data-1", (inputs) => delete inputs.metadataOptions),
      /pods on data-.* can take its role/,
    ],
  ])("%s is noticed", (_, damage, failure) => {
    expectFailure(requireLeastPrivilege, damage(aws), failure);
  });
});

describe("a ServiceAccount", () => {
  test.each<Case>([
    [
      "that does not exist",
      (plan) => damaged(plan, "PodIdentityAssociation velero", (inputs) => (inputs.serviceAccount = "veleros")),
      /velero\/veleros does not exist/,
    ],
    [
      "in another namespace",
      (plan) => damaged(plan, "PodIdentityAssociation velero", (inputs) => (inputs.namespace = "default")),
      /default\/velero-server does not exist/,
    ],
    [
      "without its identity",
      (plan) => without(plan, "PodIdentityAssociation external-secrets"),
      /external-secrets\/external-secrets may not read-secrets/,
    ],
    [
      "of an add-on without its identity",
      (plan) => damaged(plan, "Addon aws-ebs-csi-driver", (inputs) => delete inputs.podIdentityAssociations),
      /ebs-csi-controller-sa may not/,
    ],
    [
      "of another cluster",
      (plan) => damaged(plan, "PodIdentityAssociation velero", (inputs) => (inputs.clusterName = "other")),
      /of no cluster of the plan/,
    ],
    [
      "of ours with rights that nobody declares",
      (plan) =>
        withResource(plan, "aws:eks/podIdentityAssociation:PodIdentityAssociation", {
          clusterName: "promptops-production",
          namespace: "application",
          serviceAccount: "notifications",
          roleArn: output(found(plan, "Role velero")),
        }),
      /application\/notifications has rights in the cloud that no add-on declares/,
    ],
  ])("%s is noticed", (_, damage, failure) => {
    expectFailure(requireLeastPrivilege, damage(aws), failure);
  });

  test.each<Case>([
    [
      "that may change secrets",
      (plan) => damaged(plan, "Role reader", (inputs) => inputs.rules[0].verbs.push("delete")),
      /lets it delete \/secrets/,
    ],
    [
      "that may do everything",
      (plan) =>
        damaged(
          plan,
          "Role reader",
          (inputs) => (inputs.rules = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]),
        ),
      /lets it \* \*\/\*/,
    ],
    [
      "that may not watch",
      (plan) => damaged(plan, "Role reader", (inputs) => (inputs.rules[0].verbs = ["get", "list"])),
      /cannot watch \/secrets/,
    ],
    [
      "that shares its role",
      (plan) =>
        damaged(plan, "RoleBinding reader", (inputs) =>
          inputs.subjects.push({ kind: "Group", name: "system:authenticated" }),
        ),
      /2 accounts read the secrets/,
    ],
    ["that is gone", (plan) => without(plan, "ServiceAccount reader"), /secret-store\/reader does not exist/],
    ["without its binding", (plan) => without(plan, "RoleBinding reader"), /cannot get \/secrets/],
  ])("%s is noticed where Kubernetes is the store", (_, damage, failure) => {
    expectFailure(requireLeastPrivilege, damage(lke), failure);
  });
});

test("a key of pods that opens every bucket is noticed", () => {
  expectFailure(
    requireLeastPrivilege,
    damaged(lke, "ObjectStorageKey backups", (inputs) => delete inputs.bucketAccesses),
    /opens every bucket of the account/,
  );
  expectFailure(
    requireLeastPrivilege,
    damaged(lke, "ObjectStorageKey backups", (inputs) => (inputs.bucketAccesses[0].permissions = "read_only")),
    /cannot read_write on/,
  );
});

test("a token of pods that opens more than DNS, or not that, is noticed", () => {
  const scoped = (scopes: string): Plan => damaged(lke, "Token dns-token", (inputs) => (inputs.scopes = scopes));
  expectFailure(requireLeastPrivilege, scoped("domains:read_write linodes:read_only"), /the scope 'linodes:read_only'/);
  expectFailure(requireLeastPrivilege, scoped("*"), /^Token 'dns-token'.* the scope '\*'/);
  expectFailure(requireLeastPrivilege, scoped("domains:read_only"), /cannot domains:read_write, which it needs/);
});

describe("policies are evaluated as IAM does", () => {
  const ask = (policy: object, context: Record<string, readonly string[]> = {}): boolean =>
    allows(parsePolicy(JSON.stringify({ Statement: policy })) ?? [], {
      action: "s3:GetObject",
      resource: "arn:aws:s3:::b/k",
      context,
    });
  const allow = { Effect: "Allow", Action: "s3:get*", Resource: "arn:aws:s3:::b/?" };

  test.each<[string, object, Record<string, readonly string[]>, boolean]>([
    ["actions without regard to case, and wildcards", allow, {}, true],
    ["a denial before an allowance", [allow, { ...allow, Effect: "Deny" }], {}, false],
    ["all but some actions", { ...allow, Action: undefined, NotAction: "s3:Put*" }, {}, true],
    ["all but some resources", { ...allow, Resource: undefined, NotResource: "arn:aws:s3:::b/*" }, {}, false],
    ["a condition that is met", { ...allow, Condition: { StringLike: { "aws:A": "x*" } } }, { "aws:a": ["xy"] }, true],
    ["a condition on a key that is not there", { ...allow, Condition: { StringEquals: { "aws:A": "x" } } }, {}, false],
    ["the same, if it exists", { ...allow, Condition: { StringEqualsIfExists: { "aws:A": "x" } } }, {}, true],
    ["a negated condition", { ...allow, Condition: { StringNotEquals: { "aws:A": "x" } } }, { "aws:a": ["x"] }, false],
    ["a condition on absence", { ...allow, Condition: { Null: { "aws:A": "true" } } }, {}, true],
    [
      "a condition on every value",
      { ...allow, Condition: { "ForAllValues:StringEquals": { "aws:A": ["x"] } } },
      { "aws:a": ["x", "y"] },
      false,
    ],
  ])("%s", (_, policy, context, expected) => {
    expect(ask(policy, context)).toBe(expected);
  });
});
