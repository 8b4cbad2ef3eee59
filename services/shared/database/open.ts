import { databaseOf, type Service } from "../../../platform/service.ts";
import type { Log } from "../runtime/log.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Settings } from "../runtime/settings.ts";
import { databaseConnections } from "./contract.ts";
import { Database } from "./pool.ts";

/** Connections that are not the pool's: the one that hears what others notify. */
const LISTENING = 1;

/** A service's way to its database, with as many connections as its descriptor allows, and their number as a metric. */
export function openDatabase(
  service: Service,
  { settings, log, metrics }: { settings: Settings; log: Log; metrics: Metrics },
): Database {
  return new Database({
    url: settings.secret("database-url"),
    connections: (databaseOf(service)?.connections ?? 0) - LISTENING,
    log,
    onConnections: (count) => {
      metrics.set(databaseConnections, {}, count + LISTENING);
    },
  });
}
