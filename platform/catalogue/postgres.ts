import type { Cloud } from "../clouds.ts";

/**
 * Postgres majors and instance classes. Recorded 2026-11-22.
 *
 * Versions: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/. Classes:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html. `maxConnections` is RDS'
 * default LEAST({DBInstanceClassMemory/9531392}, 5000), with the memory that the class is sold with less a tenth for
 * the system, rounded down to a hundred.
 */
export const postgresVersions: Readonly<Record<Cloud, readonly string[]>> = { aws: ["15", "16", "17"], local: ["17"] };

export interface PostgresClass {
  readonly name: string;
  readonly vcpu: number;
  readonly memoryGiB: number;
  readonly maxConnections: number;
}

export const postgresClasses: readonly PostgresClass[] = [
  { name: "db.t4g.medium", vcpu: 2, memoryGiB: 4, maxConnections: 400 },
  { name: "db.m7g.large", vcpu: 2, memoryGiB: 8, maxConnections: 800 },
  { name: "db.m7g.xlarge", vcpu: 4, memoryGiB: 16, maxConnections: 1600 },
  { name: "db.r7g.xlarge", vcpu: 4, memoryGiB: 32, maxConnections: 3200 },
];

/** The server that `local` runs in the cluster. */
export const postgresImage = "docker.io/library/postgres:17.7-bookworm";
