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
