import type { ChangesByType } from "../rows.ts";

/** Identities, keys, secrets, logs and DNS zones, by line of the provider's source. */
export const account: ChangesByType = {
  "aws:cloudwatch/logGroup:LogGroup": {
    file: "internal/service/logs/group.go",
    named: "name",
    replaces: { logGroupClass: 62, name: 69, namePrefix: 77 },
    updates: { deletionProtectionEnabled: 49, kmsKeyId: 54, retentionInDays: 81, skipDestroy: 98, tags: 103 },
  },
  "aws:iam/role:Role": {
    file: "internal/service/iam/role.go",
    named: "name",
    replaces: { name: 175, namePrefix: 183, path: 191 },
    updates: {
      assumeRolePolicy: 82,
      description: 97,
      forceDetachPolicies: 106,
      inlinePolicies: 111,
      managedPolicyArns: 151,
      maxSessionDuration: 165,
      permissionsBoundary: 194,
      tags: 199,
    },
  },
  "aws:iam/rolePolicy:RolePolicy": {
    file: "internal/service/iam/role_policy.go",
    named: "name",
    replaces: { name: 56, namePrefix: 64, role: 82 },
    updates: { policy: 68 },
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    file: "internal/service/iam/role_policy_attachment.go",
    deletedFirst: "always",
    replaces: { policyArn: 46, role: 52 },
  },
  "aws:kms/alias:Alias": {
    file: "internal/service/kms/alias.go",
    named: "name",
    replaces: { name: 48, namePrefix: 56 },
    updates: { targetKeyId: 64 },
  },
  "aws:kms/key:Key": {
    file: "internal/service/kms/key.go",
    replaces: { customKeyStoreId: 67, customerMasterKeySpec: 73, keyUsage: 105, multiRegion: 113, xksKeyId: 128 },
    updates: {
      bypassPolicyLockoutSafetyCheck: 59,
      deletionWindowInDays: 77,
      description: 82,
      enableKeyRotation: 88,
      isEnabled: 93,
      policy: 115,
      rotationPeriodInDays: 116,
      tags: 123,
    },
  },
  "aws:route53/zone:Zone": {
    file: "internal/service/route53/zone.go",
    named: "name",
    replaces: { delegationSetId: 66, name: 87 },
    updates: { comment: 57, enableAcceleratedRecovery: 70, forceDestroy: 75, tags: 100, vpcs: 102 },
  },
  "aws:secretsmanager/secret:Secret": {
    file: "internal/service/secretsmanager/secret.go",
    named: "name",
    replaces: { name: 72, namePrefix: 80 },
    updates: {
      description: 55,
      forceOverwriteReplicaSecret: 59,
      kmsKeyId: 64,
      policy: 84,
      recoveryWindowInDays: 96,
      replicas: 105,
      tags: 150,
    },
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    file: "internal/service/secretsmanager/secret_version.go",
    replaces: { secretBinary: 75, secretId: 70, secretString: 556, secretStringWo: 572, secretStringWoVersion: 591 },
    updates: { versionStages: 103 },
  },
};
