import { availability } from "../../platform/objectives.ts";
import { database, defineService } from "../../platform/service.ts";
import { queuedMessages } from "../../platform/signals.ts";
import { databaseConnections } from "../shared/database/contract.ts";
import { deadLetters, outboxAge, usage, usageEvents } from "../shared/usage/contract.ts";

/** Counts what tenants use, by hour and model. */
export const analytics = defineService({
  name: "analytics",
  listens: { health: 8083, metrics: 9083 },
  // The relay holds one connection while it publishes, and the counter holds another.
  uses: [database({ pool: 3, of: "api" }), usage],
  callsOut: [],
  secrets: [],
  metrics: [usageEvents, outboxAge, deadLetters, databaseConnections],
  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } },
  scale: { between: [2, 10], on: [queuedMessages(usage.queue, { perReplica: 10 })], profile: "elastic" },
  drain: 30,
  release: "rolling",
  objectives: [
    availability("99.9%", { of: usageEvents, failing: { result: "refused" }, except: { result: "ignored" } }),
  ],
});
