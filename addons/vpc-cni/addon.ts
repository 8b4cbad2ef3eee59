import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** The pod network of EKS, which also enforces NetworkPolicies. */
export const vpcCni = defineAddon({
  name: "vpc-cni",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "cloud",
    on: {
      aws: {
        stage: "node",
        versions: {
          "1.35": {
            version: "v1.22.3-eksbuild.1",
            read: "2026-11-28",
            unconfirmed: "the default of EKS 1.35 in August 2026, by a public configuration",
          },
          "1.36": {
            version: "v1.22.4-eksbuild.3",
            read: "2026-11-30",
            unconfirmed: "a public configuration of EKS 1.36 of September 2026",
          },
        },
        // Off by default, and then no NetworkPolicy is enforced.
        configuration: { enableNetworkPolicy: "true" },
        features: [{ feature: "network-policies", when: { enableNetworkPolicy: "true" } }],
        identity: { serviceAccount: "aws-node", managedPolicy: "AmazonEKS_CNI_Policy" },
        footprint: [{ pods: "every-node", cpu: "50m", memory: "0" }],
      },
    },
    evidence: { page: "https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
