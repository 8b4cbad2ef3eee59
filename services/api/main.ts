import { migrate } from "../shared/database/migrate.ts";
import { openDatabase } from "../shared/database/open.ts";
import { connectPorts } from "../shared/executions/connect.ts";
import { createLog } from "../shared/runtime/log.ts";
import { portOfServer } from "../shared/runtime/probes.ts";
import { runService } from "../shared/runtime/run-service.ts";
import { readSettings } from "../shared/runtime/settings.ts";
import { buildApp } from "./app.ts";
import { api } from "./service.ts";

const [command] = process.argv.slice(2);
if (command === "migrate") await runMigrations();
else await runService(api, start);

async function runMigrations(): Promise<void> {
  const settings = readSettings(api);
  const log = createLog("api-migrate", settings.logLevel);
  const applied = await migrate(settings.secret("database-url"), log);
  log.info({ applied }, applied.length === 0 ? "the database is up to date" : "the database was brought up to date");
}

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
      const timeout = setTimeout(() => {
        app.server.closeAllConnections();
      }, seconds * 1000);
      await app.close();
      clearTimeout(timeout);
      await followers.stop();
      await wakeUps.close();
      await broadcast.close();
      await database.close();
    },
  };
}
