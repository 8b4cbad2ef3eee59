import { describe, expect, test } from "vitest";
import { requireLeastPrivilege } from "../../proofs/require-least-privilege.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, without } from "./cloud.ts";

const aws = await planOf("production");

/** Replaces text in the policy of a role. */
const policyOf =
  (role: string, from: string, to: string) =>
  (plan: Plan): Plan =>
    damaged(plan, `RolePolicy ${role}`, (inputs) => {
      expect(inputs.policy).toContain(from);
      inputs.policy = inputs.policy.replaceAll(from, to);
    });

test("a role of objects that opens the bucket of backups too is noticed", () => {
  expectFailure(
    requireLeastPrivilege,
    policyOf("api-objects", "-objects-", "-*-")(aws),
    /allows s3:GetObject on arn:aws:s3:::promptops-production-backups-/,
  );
});

describe("the role that copies the database", () => {
  const copying = (from: string, to: string): Case[1] => policyOf("database-copies", from, to);
  test.each<Case>([
    [
      "copies other servers",
      copying("db:promptops-production", "db:*"),
      /^Selection 'database-copies': it allows rds:DescribeDBInstances on arn:aws:rds:[^ ]*:db:other/,
    ],
    [
      "deletes other snapshots",
      copying("snapshot:awsbackup:*", "snapshot:*"),
      /allows rds:DeleteDBSnapshot on arn:aws:rds:[^ ]*:snapshot:other/,
    ],
    [
      "writes to other vaults",
      copying("backup-vault:promptops-production", "backup-vault:*"),
      /allows backup:DescribeBackupVault on [^ ]*:backup-vault:other/,
    ],
    [
      "deletes servers",
      copying("rds:DescribeDBInstances", "rds:DeleteDBInstance"),
      /allows rds:DeleteDBInstance, which it does not need/,
    ],
    ["takes no snapshot", copying("rds:CreateDBSnapshot", "rds:CopyDBSnapshot"), /cannot rds:CreateDBSnapshot on/],
    ["finds no resources", copying("tag:GetResources", "tag:GetTagKeys"), /cannot tag:GetResources on \*/],
    ["may use every key", copying("tag:GetResources", "kms:DescribeKey"), /on every resource/],
    ["is gone", (plan) => without(plan, "RolePolicy database-copies"), /cannot rds:CreateDBSnapshot on/],
    [
      "acts for another account",
      (plan) =>
        damaged(plan, "Role database-copies", (inputs) => {
          inputs.assumeRolePolicy = inputs.assumeRolePolicy.replace(/,"Condition":\{.*?\}\}/, "");
        }),
      /^Selection 'database-copies': backup.amazonaws.com can assume its role for another account/,
    ],
  ])("is noticed where it %s", (_, damage, failure) => {
    expectFailure(requireLeastPrivilege, damage(aws), failure);
  });
});

describe("the role of the cluster autoscaler", () => {
  const policy = (from: string, to: string): Case[1] => policyOf("cluster-autoscaler", from, to);
  const OWNED = '"aws:ResourceTag/k8s.io/cluster-autoscaler/promptops-production":"owned"';

  test.each<Case>([
    [
      "cannot add nodes",
      policy("autoscaling:SetDesiredCapacity", "autoscaling:SetInstanceHealth"),
      /autoscaler cannot autoscaling:SetDesiredCapacity on/,
    ],
    [
      "cannot read an empty group",
      policy("nodegroup/promptops-production/", "nodegroup/promptops-other/"),
      /autoscaler cannot eks:DescribeNodegroup on/,
    ],
    [
      "sets the size of other clusters' groups",
      policy(`,"Condition":{"StringEquals":{${OWNED}}}`, ""),
      /allows autoscaling:SetDesiredCapacity on .* Narrow its resources and conditions/,
    ],
    [
      "sets the size of groups of another account",
      policy("autoscaling:eu-central-1:111122223333", "autoscaling:eu-central-1:*"),
      /allows autoscaling:SetDesiredCapacity on arn:aws:autoscaling:eu-central-1:000000000000/,
    ],
    [
      "reads other clusters' groups",
      policy("nodegroup/promptops-production/*", "nodegroup/*"),
      /allows eks:DescribeNodegroup on arn:aws:eks:eu-central-1:111122223333:nodegroup\/other/,
    ],
    [
      "may change what has no resource",
      policy("ec2:DescribeInstanceTypes", "ec2:RunInstances"),
      /allows actions on every resource/,
    ],
    [
      "belongs to nobody",
      (plan) => without(plan, "PodIdentityAssociation cluster-autoscaler"),
      /ServiceAccount cluster-autoscaler\/cluster-autoscaler may not scale-nodes: no identity/,
    ],
  ])("is noticed where it %s", (_, damage, failure) => {
    expectFailure(requireLeastPrivilege, damage(aws), failure);
  });
});

describe("the role of what makes DNS records", () => {
  const policy = (from: string, to: string): Case[1] => policyOf("external-dns", from, to);

  test.each<Case>([
    [
      "cannot find the zone",
      policy("route53:ListHostedZones", "route53:GetHostedZone"),
      /cannot route53:ListHostedZones/,
    ],
    [
      "cannot read its records",
      policy("ListResourceRecordSets", "GetChange"),
      /cannot route53:ListResourceRecordSets on/,
    ],
    ["cannot mark them", policy(',"TXT"', ""), /cannot route53:ChangeResourceRecordSets on/],
    [
      "changes names of others",
      policy('["*.promptops.io"]', '["*"]'),
      /allows route53:ChangeResourceRecordSets on .* Narrow/,
    ],
    [
      "hands a name to other servers",
      policy('"TXT"]', '"TXT","NS"]'),
      /allows route53:ChangeResourceRecordSets on .* Narrow/,
    ],
    ["moves the mail", policy('"TXT"]', '"TXT","MX"]'), /allows route53:ChangeResourceRecordSets on .* Narrow/],
    [
      "lets others issue certificates",
      policy('"TXT"]', '"TXT","CAA"]'),
      /allows route53:ChangeResourceRecordSets on .* Narrow/,
    ],
    [
      "deletes the zone",
      policy("route53:ListHostedZones", "route53:DeleteHostedZone"),
      /allows actions on every resource/,
    ],
  ])("is noticed where it %s", (_, damage, failure) => {
    expectFailure(requireLeastPrivilege, damage(aws), failure);
  });
});

describe("the role of the load balancer controller", () => {
  const policy = (from: string, to: string): Case[1] => policyOf("aws-load-balancer-controller", from, to);
  const tag = (of: "Request" | "Resource"): string => `"aws:${of}Tag/elbv2.k8s.aws/cluster":"promptops-production"`;
  const anyOf = (of: "Request" | "Resource"): Case[1] =>
    policy(`"StringEquals":{${tag(of)}}`, `"StringLike":{${tag(of).replace("promptops-production", "*")}}`);

  test.each<Case>([
    [
      "cannot find subnets",
      policy("ec2:DescribeSubnets", "ec2:DescribeImages"),
      /controller cannot ec2:DescribeSubnets on \*/,
    ],
    [
      "cannot make a load balancer",
      policy(
        '"elasticloadbalancing:CreateLoadBalancer","elasticloadbalancing:CreateTargetGroup"',
        '"elasticloadbalancing:CreateTargetGroup"',
      ),
      /controller cannot elasticloadbalancing:CreateLoadBalancer on/,
    ],
    [
      "cannot tag what it makes",
      policy(
        '"elasticloadbalancing:CreateAction":["CreateLoadBalancer","CreateTargetGroup"]',
        '"elasticloadbalancing:CreateAction":["CreateRule"]',
      ),
      /controller cannot elasticloadbalancing:AddTags on/,
    ],
    [
      "cannot reach targets",
      policy("elasticloadbalancing:RegisterTargets", "elasticloadbalancing:SetWebAcl"),
      /controller cannot elasticloadbalancing:RegisterTargets on/,
    ],
    [
      "deletes other clusters' load balancers",
      anyOf("Resource"),
      /allows elasticloadbalancing:DeleteLoadBalancer on .* Narrow/,
    ],
    [
      "makes load balancers for other clusters",
      anyOf("Request"),
      /allows elasticloadbalancing:CreateLoadBalancer on .* Narrow/,
    ],
    [
      "changes another account's security groups",
      policy("ec2:eu-central-1:111122223333:security-group", "ec2:eu-central-1:*:security-group"),
      /allows ec2:AuthorizeSecurityGroupIngress on arn:aws:ec2:eu-central-1:000000000000/,
    ],
    [
      "makes application load balancers",
      policy("elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateRule"),
      /allows elasticloadbalancing:CreateRule, which it does not need/,
    ],
  ])("is noticed where it %s", (_, damage, failure) => {
    expectFailure(requireLeastPrivilege, damage(aws), failure);
  });
});
