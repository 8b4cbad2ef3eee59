import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** Shared volumes on EFS. */
export const awsEfsCsiDriver = defineAddon({
  name: "aws-efs-csi-driver",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "cloud",
    on: {
      aws: {
        stage: "workload",
        versions: {
          "1.35": {
            version: "v3.2.0-eksbuild.1",
            read: "2026-11-28",
            unconfirmed: "a public configuration of EKS 1.35",
          },
          "1.36": {
            version: "v3.4.2-eksbuild.1",
            read: "2026-11-30",
            unconfirmed: "a public configuration of EKS 1.36 of September 2026",
          },
        },
        features: [{ feature: "volumes", driver: "efs.csi.aws.com" }],
        identity: { serviceAccount: "efs-csi-controller-sa", managedPolicy: "service-role/AmazonEFSCSIDriverPolicy" },
        footprint: [
          { pods: "every-node", cpu: "30m", memory: "120Mi" },
          { pods: 2, cpu: "30m", memory: "120Mi" },
        ],
      },
    },
    evidence: { page: "https://github.com/kubernetes-sigs/aws-efs-csi-driver", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
