import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** KEDA, which scales services on queues, and models on the requests that they have in hand. */
export const keda = defineAddon({
  name: "keda",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: { by: "assumed", evidence: { page: "https://keda.sh/docs/2.21/scalers/prometheus/", date: "2026-11-22" } },
  namespace: { name: "keda" },
  pods: { "keda-operator": { labels: { app: "keda-operator" } } },
  connections: ({ own, provider }) => {
    const prometheus = provider("metrics");
    return prometheus ? [{ from: own("keda-operator"), to: prometheus.pods, port: prometheus.port }] : [];
  },
  provides: [{ capability: "metric-scaling", group: "keda-operator" }],
  kinds: ["keda.sh/ScaledObject"],
});
