import { databaseOf, type Service } from "../../../platform/service.ts";
import type { Log } from "../runtime/log.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Settings } from "../runtime/settings.ts";
import { DATABASE_REPLICAS, DATABASE_URL, databaseConnections } from "./contract.ts";
import { Database } from "./pool.ts";
import { ReadReplicas } from "./read-replicas.ts";

/** A service's way to its database, with as many connections as its descriptor allows, and their number as a metric. */
export function openDatabase(
  service: Service,
  { settings, log, metrics }: { settings: Settings; log: Log; metrics: Metrics },
): Database {
  const use = databaseOf(service);
  if (!use) throw new Error(`Service '${service.name}' uses no database. Add 'database' to its 'uses'.`);
  // The connection that listens is not the pool's.
  const listening = use.listens ? 1 : 0;
  return new Database({
    url: settings.secret(DATABASE_URL),
    connections: use.pool,
    log,
    onConnections: (count) => {
      metrics.set(databaseConnections, {}, count + listening);
    },
  });
}

/** The read replicas of a service's database; none where the environment has none, and then the server answers. */
export function openReplicas(
  service: Service,
  { server, settings, log }: { server: Database; settings: Settings; log: Log },
): ReadReplicas {
  const addresses = (settings.optionalSecret(DATABASE_REPLICAS) ?? "").split(",").filter(Boolean);
  const connections = databaseOf(service)?.pool ?? 1;
  return new ReadReplicas({ server, addresses, url: settings.secret(DATABASE_URL), connections, log });
}
