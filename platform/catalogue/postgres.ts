import type { Cloud } from "../clouds.ts";

/**
 * Postgres majors and instance classes. Recorded 2026-11-22.
 *
 * Versions: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/,
 * https://techdocs.akamai.com/cloud-computing/docs/aiven-postgresql.
 */
export const postgresVersions: Readonly<Record<Cloud, readonly string[]>> = {
  aws: ["15", "16", "17"],
  linode: ["14", "15", "16", "17"],
  local: ["17"],
};

/** A server that a cloud runs. */
export interface PostgresClass {
  readonly name: string;
  readonly cloud: Cloud;
  readonly vcpu: number;
  readonly memoryGiB: number;
  /** What comes with the class, in GiB. @default - storage is bought apart */
  readonly storageGiB?: number;
  readonly maxConnections: number;
}

/**
 * aws: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html; `maxConnections` is RDS'
 * default LEAST({DBInstanceClassMemory/9531392}, 5000), with the memory that the class is sold with less a tenth for the
 * system, rounded down to a hundred.
 *
 * linode: the dedicated plans of https://techdocs.akamai.com/cloud-computing/docs/managed-databases; `maxConnections` is 25 a
 * GiB, as https://aiven.io/docs/products/postgresql/reference/pg-connection-limits says of the same servers, less 5 that
 * are kept for superusers.
 */
export const postgresClasses: readonly PostgresClass[] = [
  { name: "db.t4g.medium", cloud: "aws", vcpu: 2, memoryGiB: 4, maxConnections: 400 },
  { name: "db.m7g.large", cloud: "aws", vcpu: 2, memoryGiB: 8, maxConnections: 800 },
  { name: "db.m7g.xlarge", cloud: "aws", vcpu: 4, memoryGiB: 16, maxConnections: 1600 },
  { name: "db.r7g.xlarge", cloud: "aws", vcpu: 4, memoryGiB: 32, maxConnections: 3200 },
  { name: "g6-dedicated-2", cloud: "linode", vcpu: 2, memoryGiB: 4, storageGiB: 80, maxConnections: 95 },
  { name: "g6-dedicated-4", cloud: "linode", vcpu: 4, memoryGiB: 8, storageGiB: 160, maxConnections: 195 },
  { name: "g6-dedicated-8", cloud: "linode", vcpu: 8, memoryGiB: 16, storageGiB: 320, maxConnections: 395 },
  { name: "g6-dedicated-16", cloud: "linode", vcpu: 16, memoryGiB: 32, storageGiB: 640, maxConnections: 795 },
];

/** The server of jobs that speak to Postgres, and of `local`. */
export const postgresImageTag = "17.7-bookworm";
export const postgresImage = `docker.io/library/postgres:${postgresImageTag}`;
