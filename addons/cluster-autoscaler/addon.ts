import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

const NAME = "cluster-autoscaler";

/** Adds nodes where pods wait, and removes those that stand empty. Its pods and their account are called as in its own examples. */
export const clusterAutoscaler = defineAddon({
  name: NAME,
  licence: "Apache-2.0",
  options: z.strictObject({}),
  clouds: ["aws"],
  enabled: () => true,
  delivery: {
    by: "assumed",
    evidence: { page: "https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
  pods: { [NAME]: { labels: { app: NAME } } },
  rights: () => [{ name: NAME, group: NAME, serviceAccount: NAME, may: "scale-nodes" }],
});
