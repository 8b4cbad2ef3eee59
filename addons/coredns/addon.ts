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
      aws: {
        stage: "workload",
        versions: {
          "1.35": {
            version: "v1.13.2-eksbuild.11",
            read: "2026-11-28",
            unconfirmed: "the default of EKS 1.35 in August 2026, by a public configuration",
          },
          "1.36": {
            version: "v1.14.3-eksbuild.23",
            read: "2026-11-30",
            unconfirmed: "a public configuration of EKS 1.36 of September 2026",
          },
        },
        footprint: [{ pods: 2, cpu: "100m", memory: "70Mi" }],
      },
      linode: { stage: "builtin", footprint: [{ pods: 2, cpu: "100m", memory: "70Mi" }] },
    },
    evidence: { page: "https://github.com/coredns/helm", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
