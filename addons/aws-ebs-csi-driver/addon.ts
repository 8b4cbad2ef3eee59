import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** Volumes on EBS. */
export const awsEbsCsiDriver = defineAddon({
  name: "aws-ebs-csi-driver",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "cloud",
    on: {
      aws: {
        stage: "workload",
        versions: {
          "1.35": {
            version: "v1.63.1-eksbuild.1",
            read: "2026-11-28",
            unconfirmed: "the default of EKS 1.35 in August 2026, by a public configuration",
          },
          "1.36": {
            version: "v1.66.0-eksbuild.1",
            read: "2026-11-30",
            unconfirmed: "add-ons of a public EKS 1.36 cluster, listed on 2026-09-24",
          },
        },
        features: [{ feature: "volumes", driver: "ebs.csi.aws.com" }],
        identity: {
          serviceAccount: "ebs-csi-controller-sa",
          managedPolicy: "service-role/AmazonEBSCSIDriverPolicy",
          extra: "encrypt-volumes",
        },
        footprint: [
          { pods: "every-node", cpu: "30m", memory: "120Mi" },
          { pods: 2, cpu: "60m", memory: "240Mi" },
        ],
      },
    },
    evidence: { page: "https://github.com/kubernetes-sigs/aws-ebs-csi-driver", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
