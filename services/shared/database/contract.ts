import type { Metric } from "../../../platform/metrics.ts";

/** The file with the URL of a service's database. */
export const DATABASE_URL = "database-url";

/** The file with the addresses of its read replicas, as `host:port` with commas between. */
export const DATABASE_REPLICAS = "database-replicas";

/** Held against the server's limit by an alert, over all replicas of all services. */
export const databaseConnections: Metric = {
  name: "promptops_database_connections",
  type: "gauge",
  help: "Connections to Postgres that this replica holds.",
  labels: [],
};
