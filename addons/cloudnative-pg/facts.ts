/** The Cluster, its Service's prefix, and the ServiceAccount that the operator gives its pods. */
export const CLUSTER = "postgres";
export const ADMINISTRATOR_SECRET = "postgres-administrator";
export const BUCKET_SECRET = "postgres-backup-key";

/** `status`: of the instance manager in each server pod. */
export const PORTS = { status: 8000, metrics: 9187, webhook: 9443, operatorMetrics: 8080 } as const;

/** By Postgres major: https://github.com/cloudnative-pg/postgres-containers, recorded 2026-11-22. */
export const postgresImages: Readonly<Record<string, string>> = {
  "17": "ghcr.io/cloudnative-pg/postgresql:17.7-standard-bookworm",
};

/** How the plug-in for backups registers with the operator. */
export const BACKUP_PLUGIN = "barman-cloud.cloudnative-pg.io";
