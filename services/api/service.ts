import type { Metric } from "../../platform/metrics.ts";
import { availability, latency } from "../../platform/objectives.ts";
import { database, defineService, objects, oidcIssuer } from "../../platform/service.ts";
import { cpu, memory } from "../../platform/signals.ts";
import { databaseConnections } from "../shared/database/contract.ts";
import { executions } from "../shared/executions/contract.ts";
import { SEALING_KEYS } from "../shared/models/contract.ts";

export const requests: Metric = {
  name: "http_requests_total",
  type: "counter",
  help: "Requests answered.",
  labels: ["method", "route", "status"],
};

export const requestDuration: Metric = {
  name: "http_request_duration_seconds",
  type: "histogram",
  help: "Seconds from the request's last byte to the answer's first.",
  labels: ["method", "route"],
};

/** The kubelet's questions are no users' requests. */
const PROBES = { route: "/health/.*" };
/** Nor does an answer that waits for a model say how fast the API is. */
const NOT_OURS = { route: "/health/.*|/v1/chat/completions" };

export const api = defineService({
  name: "api",
  listens: { http: 8080, metrics: 9080 },
  exposed: { host: "api", maxBody: "1Mi", websockets: true },
  uses: [database({ pool: 9, listens: true, readsReplicas: true }), executions.producer, oidcIssuer, objects],
  callsOut: [],
  // The first key of files that hold several once they are rotated.
  secrets: [
    { name: "jwt-signing-key", bytes: 64 },
    { name: SEALING_KEYS, bytes: 32 },
  ],
  metrics: [requests, requestDuration, databaseConnections],
  resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "1", memory: "1Gi" } },
  scale: { between: [2, 20], on: [cpu(70), memory(80)], profile: "steady" },
  drain: 30,
  release: "canary",
  objectives: [
    availability("99.9%", { of: requests, failing: { status: "5.." }, except: PROBES }),
    latency("95%", { of: requestDuration, within: 0.2, except: NOT_OURS }),
    latency("99%", { of: requestDuration, within: 0.5, except: NOT_OURS }),
  ],
  commands: { migrate: ["migrate"], createTenant: ["create-tenant"] },
});
