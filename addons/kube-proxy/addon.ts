import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** Service addresses on every node. */
export const kubeProxy = defineAddon({
  name: "kube-proxy",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "cloud",
    on: {
      aws: {
        stage: "node",
        versions: {
          "1.35": {
            version: "v1.35.3-eksbuild.17",
            read: "2026-11-28",
            unconfirmed: "the default of EKS 1.35 in August 2026, by a public configuration",
          },
          "1.36": {
            version: "v1.36.0-eksbuild.25",
            read: "2026-11-30",
            unconfirmed: "a public configuration of EKS 1.36 of September 2026",
          },
        },
        footprint: [{ pods: "every-node", cpu: "100m", memory: "0" }],
      },
      linode: { stage: "builtin", footprint: [{ pods: "every-node", cpu: "0", memory: "0" }] },
    },
    evidence: { page: "https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
