import { answerProbe, portOfServer } from "../shared/runtime/probes.ts";
import { runService } from "../shared/runtime/run-service.ts";
import { modelSimulator } from "./service.ts";
import { createSimulator } from "./simulator.ts";

/** Milliseconds between looks for connections that have become idle while the service drains. */
const IDLE_PAUSE = 100;

await runService(modelSimulator, async ({ settings, metrics, health }) => {
  const simulator = createSimulator({ registry: metrics.registry, forceClose: false });
  simulator.get<{ Params: { probe: string } }>("/health/:probe", async ({ params }, reply) => {
    const answer = await answerProbe(`/health/${params.probe}`, health);
    return reply.code(answer?.status ?? 404).send(answer?.body ?? { status: "not found" });
  });
  await simulator.listen({ host: settings.address, port: settings.ports["http"] ?? 0 });
  return {
    ports: { http: portOfServer(simulator.server) },
    ready: () => Promise.resolve(true),
    stop: async (seconds) => {
      const idle = setInterval(() => {
        simulator.server.closeIdleConnections();
      }, IDLE_PAUSE);
      const timeout = setTimeout(() => {
        simulator.server.closeAllConnections();
      }, seconds * 1000);
      await simulator.close();
      clearInterval(idle);
      clearTimeout(timeout);
    },
  };
});
