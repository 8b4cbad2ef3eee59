import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** CPU and memory of pods, for autoscalers. */
export const metricsServer = defineAddon({
  name: "metrics-server",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "cloud",
    on: { aws: { stage: "workload", footprint: [{ pods: 2, cpu: "100m", memory: "200Mi" }] } },
    evidence: { page: "https://github.com/kubernetes-sigs/metrics-server", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
