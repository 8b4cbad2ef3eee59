import { type PostgresClass, postgresClasses } from "./catalogue/postgres.ts";
import type { Environment } from "./environment.ts";
import { parseQuantity } from "./quantity.ts";

/** The smallest class that has what the database needs; undefined when none is large enough. */
export function postgresClassFor({
  cloud,
  database: { needs, storage },
}: Pick<Environment, "cloud" | "database">): PostgresClass | undefined {
  const [memory, disk] = [needs.memory, storage].map((quantity) => parseQuantity(quantity) / 2 ** 30) as [
    number,
    number,
  ];
  return postgresClasses.find(
    (row) =>
      row.cloud === cloud &&
      row.vcpu >= needs.vcpu &&
      row.memoryGiB >= memory &&
      (row.storageGiB === undefined || row.storageGiB >= disk),
  );
}

/** What the server that runs in the cluster is told to take. */
export const IN_CLUSTER_CONNECTIONS = 100;

/** The most connections that the environment's server takes, from all of its clients. */
export function postgresConnectionsOf(environment: Environment): number {
  return postgresClassFor(environment)?.maxConnections ?? IN_CLUSTER_CONNECTIONS;
}

/** Postgres' own, on every cloud. */
export const DATABASE_PORT = 5432;
