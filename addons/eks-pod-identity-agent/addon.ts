import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** Gives pods their rights in AWS. */
export const eksPodIdentityAgent = defineAddon({
  name: "eks-pod-identity-agent",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "cloud",
    on: {
      aws: {
        stage: "node",
        versions: {
          "1.35": {
            version: "v1.3.10-eksbuild.3",
            read: "2026-11-28",
            unconfirmed: "the default of EKS 1.35 in August 2026, by a public configuration",
          },
          "1.36": {
            version: "v1.3.10-eksbuild.3",
            read: "2026-11-30",
            unconfirmed: "a public configuration of EKS 1.36 of September 2026",
          },
        },
        features: [{ feature: "pod-identity" }],
        footprint: [{ pods: "every-node", cpu: "0", memory: "0" }],
      },
    },
    evidence: { page: "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
