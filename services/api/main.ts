import { join } from "node:path";
import { openDatabase } from "../shared/database/open.ts";
import { connectPorts } from "../shared/executions/connect.ts";
import { drainConnections } from "../shared/runtime/drain-connections.ts";
import { portOfServer } from "../shared/runtime/probes.ts";
import { runService } from "../shared/runtime/run-service.ts";
import { buildApp } from "./app.ts";
import { api } from "./service.ts";

await runService(api, start, { migrations: join(import.meta.dirname, "migrations") });

async function start({
  settings,
  log,
  metrics,
  health,
}: Parameters<Parameters<typeof runService>[1]>[0]): ReturnType<Parameters<typeof runService>[1]> {
  const database = openDatabase(api, { settings, log, metrics });
  const { wakeUps, broadcast } = connectPorts(settings, database, log);
  const { app, followers, open } = await buildApp({ settings, database, wakeUps, broadcast, log, metrics, health });
  await followers.start();
  await app.listen({ host: settings.address, port: settings.ports["http"] ?? 0 });
  return {
    ports: { http: portOfServer(app.server) },
    ready: () => database.isThere(),
    stop: async (seconds) => {
      for (const goAway of open) goAway();
      // The other half is for requests that are under way.
      await drainConnections(app.server, seconds / 2);
      const timeout = setTimeout(
        () => {
          app.server.closeAllConnections();
        },
        (seconds / 2) * 1000,
      );
      await app.close();
      clearTimeout(timeout);
      await followers.stop();
      await wakeUps.close();
      await broadcast.close();
      await database.close();
    },
  };
}
