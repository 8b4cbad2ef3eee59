import { internetPorts } from "../../platform/service.ts";
import { systemResolver } from "../shared/egress/resolve.ts";
import { healthListener } from "../shared/runtime/probes.ts";
import { runService } from "../shared/runtime/run-service.ts";
import { EgressProxy } from "./proxy.ts";
import { egressProxy, openTunnels, tunnels } from "./service.ts";

await runService(egressProxy, async ({ settings, log, metrics, health }) => {
  const proxy = new EgressProxy({
    ports: internetPorts(egressProxy),
    resolver: systemResolver(),
    log,
    onResult: (result) => {
      metrics.count(tunnels, { result });
    },
    onOpen: (count) => {
      metrics.set(openTunnels, {}, count);
    },
    otherwise: healthListener(health),
  });
  const port = await proxy.listen(settings.ports["http"] ?? 0, settings.address);
  return { ports: { http: port }, ready: () => Promise.resolve(true), stop: (seconds) => proxy.stop(seconds) };
});
