import { availability } from "../../platform/objectives.ts";
import { database, defineService, secretOf, tenantHosts } from "../../platform/service.ts";
import { cpu } from "../../platform/signals.ts";
import { databaseConnections } from "../shared/database/contract.ts";
import { SEALING_KEYS } from "../shared/models/contract.ts";
import { attempts, webhookDelay } from "../shared/webhooks/contract.ts";

/** Delivers webhooks to endpoints that tenants choose. */
export const notifications = defineService({
  name: "notifications",
  listens: { health: 8085, metrics: 9085 },
  uses: [database({ pool: 2, of: "api" }), secretOf("api", SEALING_KEYS), tenantHosts],
  callsOut: [],
  secrets: [],
  metrics: [attempts, webhookDelay, databaseConnections],
  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
  scale: { between: [2, 4], on: [cpu(70)], profile: "elastic" },
  // An attempt lasts 15 seconds at most.
  drain: 30,
  release: "rolling",
  // A receiver that rejects what it is sent, or cannot be reached, is nobody's fault here.
  objectives: [availability("99%", { of: attempts, failing: { result: "failed" }, except: {} })],
});
