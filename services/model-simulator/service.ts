import { defineService } from "../../platform/service.ts";
import { cpu } from "../../platform/signals.ts";

/** A model's API without a model, for environments that have no GPU and no account with a provider. */
export const modelSimulator = defineService({
  name: "model-simulator",
  optional: true,
  listens: { http: 8000, metrics: 9000 },
  uses: [],
  callsOut: [],
  secrets: [],
  metrics: [],
  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } },
  scale: { between: [1, 2], on: [cpu(70)], profile: "steady" },
  drain: 30,
  release: "rolling",
});
