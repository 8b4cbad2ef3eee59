import { join } from "node:path";
import { openDatabase, openReplicas } from "../shared/database/open.ts";
import { connectPorts } from "../shared/executions/connect.ts";
import { openObjects } from "../shared/objects/open.ts";
import { drainConnections } from "../shared/runtime/drain-connections.ts";
import { portOfServer } from "../shared/runtime/probes.ts";
import { runService } from "../shared/runtime/run-service.ts";
import { buildApp } from "./app.ts";
import { runCreateTenant } from "./create-tenant.ts";
import { startErasing } from "./erase.ts";
import { startExporting } from "./exports/start.ts";
import { api } from "./service.ts";
import { startSweeping } from "./sweep.ts";

/** Seconds in which a client that keeps connections asks again, if it has anything to ask. */
const QUIET_SECONDS = 5;

await runService(api, start, { migrations: join(import.meta.dirname, "migrations"), createTenant: runCreateTenant });

async function start({
  settings,
  log,
  metrics,
  health,
}: Parameters<Parameters<typeof runService>[1]>[0]): ReturnType<Parameters<typeof runService>[1]> {
  const database = openDatabase(api, { settings, log, metrics });
  const staleReads = openReplicas(api, { server: database, settings, log });
  const { wakeUps, broadcast } = connectPorts(settings, database, log);
  const objects = await openObjects(settings);
  const { app, followers, limits, refusals, open } = await buildApp({
    settings,
    database,
    staleReads,
    wakeUps,
    broadcast,
    objects,
    log,
    metrics,
    health,
  });
  await followers.start();
  limits.start();
  refusals.start();
  await app.listen({ host: settings.address, port: settings.ports["http"] ?? 0 });
  const stopSweeping = startSweeping(database, log);
  const stopErasing = startErasing({ database, objects, log });
  const stopExporting = startExporting({ database, objects, log });
  const closeAll = (): void => {
    app.server.closeAllConnections();
  };
  return {
    ports: { http: portOfServer(app.server) },
    ready: () => database.isThere(),
    degraded: () => !wakeUps.isConnected() || !broadcast.isConnected(),
    stop: async (seconds) => {
      stopSweeping();
      stopErasing();
      stopExporting();
      limits.stop();
      for (const goAway of open) goAway();
      await drainConnections(app.server, QUIET_SECONDS);
      const timeout = setTimeout(closeAll, (seconds - QUIET_SECONDS) * 1000);
      await app.close();
      clearTimeout(timeout);
      await refusals.stop();
      await followers.stop();
      await wakeUps.close();
      await broadcast.close();
      await objects?.close();
      await staleReads.close();
      await database.close();
    },
  };
}
