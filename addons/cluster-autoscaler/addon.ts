import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** Adds nodes where pods wait, and removes those that stand empty. */
export const clusterAutoscaler = defineAddon({
  name: "cluster-autoscaler",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  clouds: ["aws"],
  enabled: () => true,
  delivery: {
    by: "assumed",
    evidence: { page: "https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
