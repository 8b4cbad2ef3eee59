import { join } from "node:path";
import { drainConnections } from "../shared/runtime/drain-connections.ts";
import { portOfServer } from "../shared/runtime/probes.ts";
import { type Running, runService, type ServiceContext } from "../shared/runtime/run-service.ts";
import { buildConsole } from "./console.ts";
import { consoleService } from "./service.ts";

/** Seconds in which a client that keeps connections asks again, if it has anything to ask. */
const QUIET_SECONDS = 5;

await runService(consoleService, start);

async function start({ settings, log, metrics, health }: ServiceContext): Promise<Running> {
  const app = await buildConsole({ settings, pages: join(import.meta.dirname, "web"), log, metrics, health });
  await app.listen({ host: settings.address, port: settings.ports["http"] ?? 0 });
  return {
    ports: { http: portOfServer(app.server) },
    // The pages are in memory, and say what does not work when the API does not answer.
    ready: () => Promise.resolve(true),
    stop: async (seconds) => {
      await drainConnections(app.server, QUIET_SECONDS);
      // Pages follow executions for minutes, and come back by themselves.
      const timeout = setTimeout(
        () => {
          app.server.closeAllConnections();
        },
        (seconds - QUIET_SECONDS) * 1000,
      );
      await app.close();
      clearTimeout(timeout);
    },
  };
}
