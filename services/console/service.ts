import type { Metric } from "../../platform/metrics.ts";
import { availability, latency } from "../../platform/objectives.ts";
import { calls, defineService } from "../../platform/service.ts";
import { cpu } from "../../platform/signals.ts";

export const consoleRequests: Metric = {
  name: "promptops_console_requests_total",
  type: "counter",
  help: "Requests answered, by what they asked for: file, session, api or health.",
  labels: ["kind", "status"],
};

export const consoleRequestDuration: Metric = {
  name: "promptops_console_request_duration_seconds",
  type: "histogram",
  help: "Seconds from the request's headers to the first byte of the answer.",
  labels: ["kind"],
};

/** The file with the keys that encrypt session cookies. */
export const COOKIE_KEYS = "console-cookie-key";

/** What users see of the platform in a browser. It keeps no state: sessions are in encrypted cookies, all else is the API's. */
export const consoleService = defineService({
  name: "console",
  optional: true,
  listens: { http: 8086, metrics: 9086 },
  exposed: { host: "console", maxBody: "1Mi", websockets: false, cached: ["/assets/*"] },
  uses: [calls("api")],
  callsOut: [],
  secrets: [{ name: COOKIE_KEYS, bytes: 32 }],
  metrics: [consoleRequests, consoleRequestDuration],
  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } },
  scale: { between: [2, 6], on: [cpu(70)], profile: "steady" },
  drain: 30,
  release: "rolling",
  objectives: [
    availability("99.9%", { of: consoleRequests, failing: { status: "5.." }, except: { kind: "health" } }),
    latency("99%", { of: consoleRequestDuration, within: 0.5, except: { kind: "health" } }),
  ],
});
