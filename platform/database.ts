import { type PostgresClass, postgresClasses } from "./catalogue/postgres.ts";
import { factsOf } from "./clouds.ts";
import type { Environment } from "./environment.ts";
import { bytes, parseQuantity } from "./quantity.ts";

/** A managed server's storage grows by itself, to so many times what the environment states. */
export const STORAGE_GROWTH = 4;

/** Days back to which the server can be restored, where the environment does not say. */
export const DEFAULT_RECOVERY_DAYS = 7;

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

/** Whether Postgres runs in the cluster: where the environment says so, or the cloud runs none. */
export function postgresIsInCluster({ cloud, database }: Pick<Environment, "cloud" | "database">): boolean {
  return database.inCluster ?? !factsOf({ cloud }).managedPostgres;
}

/** Whether there are servers that answer reads beside the one that writes. */
export const hasReadReplicas = (environment: Pick<Environment, "cloud" | "database">): boolean => {
  const { managedPostgres } = factsOf(environment);
  const { readReplicas = [] } = environment.database;
  return (
    !postgresIsInCluster(environment) &&
    managedPostgres !== false &&
    managedPostgres.readReplicas &&
    readReplicas.length > 0
  );
};

/** Each connection takes some megabytes: a hundred a gibibyte leave room for buffers. */
const CONNECTIONS_PER_GIB = 100;
export function inClusterConnections({ database }: Pick<Environment, "database">): number {
  return Math.floor(bytes(database.needs.memory) / 2 ** 30) * CONNECTIONS_PER_GIB;
}

/** The most connections that the environment's server takes, from all of its clients. */
export function postgresConnectionsOf(environment: Environment): number {
  const managed = postgresIsInCluster(environment) ? undefined : postgresClassFor(environment);
  return managed?.maxConnections ?? inClusterConnections(environment);
}

/** Postgres' own port, where the cloud does not assign one. */
export const DATABASE_PORT = 5432;

/** Where the environment's server listens. */
export const databasePortOf = ({ database }: Pick<Environment, "database">): number => database.port ?? DATABASE_PORT;
