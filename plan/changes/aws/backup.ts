import type { ChangesByType } from "../rows.ts";

/** Copies of databases, by line of the provider's source. */
export const backup: ChangesByType = {
  "aws:backup/plan:Plan": {
    file: "internal/service/backup/plan.go",
    commit: "01f431114674",
    named: "name",
    replaces: { name: 84 },
    updates: { advancedBackupSettings: 57, rules: 86, tags: 192 },
  },
  "aws:backup/selection:Selection": {
    file: "internal/service/backup/selection.go",
    commit: "00a35305dc1b",
    named: "name",
    replaces: {
      conditions: 57,
      iamRoleArn: 142,
      name: 47,
      notResources: 149,
      planId: 155,
      resources: 185,
      selectionTags: 160,
    },
  },
  "aws:backup/vault:Vault": {
    file: "internal/service/backup/vault.go",
    commit: "050ac11163ca",
    named: "name",
    replaces: { kmsKeyArn: 56, name: 62 },
    updates: { forceDestroy: 47, tags: 72 },
  },
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {
    file: "internal/service/rds/instance_automated_backups_replication.go",
    commit: "0213a3c19c26",
    replaces: { kmsKeyId: 55, preSignedUrl: 61, retentionPeriod: 65, sourceDbInstanceArn: 72 },
  },
};
