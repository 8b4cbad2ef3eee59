/** A service that never ends what it has in hand: see run-service.test.ts. */
import { defineService } from "../../platform/service.ts";
import { cpu } from "../../platform/signals.ts";
import { runService } from "../../services/shared/runtime/run-service.ts";

const stuck = defineService({
  name: "stuck",
  listens: { health: 0, metrics: 0 },
  uses: [],
  callsOut: [],
  secrets: [],
  metrics: [],
  resources: { requests: { cpu: "1m", memory: "1Mi" }, limits: { cpu: "1", memory: "1Gi" } },
  scale: { between: [1, 1], on: [cpu(70)], profile: "steady" },
  drain: 1,
  release: "rolling",
});

await runService(stuck, () =>
  Promise.resolve({ ready: () => Promise.resolve(true), stop: () => new Promise<void>(() => undefined) }),
);
