import type { Metric } from "../../platform/metrics.ts";
import { availability } from "../../platform/objectives.ts";
import { anyHost, defineService } from "../../platform/service.ts";
import { cpu, memory } from "../../platform/signals.ts";

export const tunnels: Metric = {
  name: "promptops_egress_tunnels_total",
  type: "counter",
  help: "Tunnels requested, by outcome: connected, or an error type of RFC 9209.",
  labels: ["result"],
};

export const openTunnels: Metric = {
  name: "promptops_egress_open_tunnels",
  type: "gauge",
  help: "Tunnels that are open or being opened.",
  labels: [],
};

/** The only workload that may connect to the internet: hosts that tenants choose are reached through it. */
export const egressProxy = defineService({
  name: "egress-proxy",
  listens: { http: 3128, metrics: 9128 },
  uses: [],
  callsOut: anyHost(443),
  secrets: [],
  metrics: [tunnels, openTunnels],
  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
  scale: { between: [2, 6], on: [cpu(70), memory(80)], profile: "steady" },
  // An answer that streams through it would begin again.
  drain: 120,
  release: "rolling",
  // A host that cannot be reached is nobody's fault here.
  objectives: [
    availability("99%", { of: tunnels, failing: { result: "connection_limit_reached|dns_timeout" }, except: {} }),
  ],
});
