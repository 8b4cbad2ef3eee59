import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** The cluster's DNS. */
export const coredns = defineAddon({
  name: "coredns",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "cloud",
    on: {
      aws: { stage: "workload", footprint: [{ pods: 2, cpu: "100m", memory: "70Mi" }] },
      linode: { stage: "builtin", footprint: [{ pods: 2, cpu: "100m", memory: "70Mi" }] },
    },
    evidence: { page: "https://github.com/coredns/helm", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
