import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** Volume snapshots. */
export const snapshotController = defineAddon({
  name: "snapshot-controller",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "cloud",
    on: {
      aws: {
        stage: "workload",
        versions: {
          "1.35": {
            version: "v8.5.0-eksbuild.5",
            read: "2026-11-28",
            unconfirmed: "a public configuration of EKS 1.35",
          },
          "1.36": {
            version: "v8.6.0-eksbuild.8",
            read: "2026-11-30",
            unconfirmed:
              "a public configuration of September 2026, beside v1.66.0-eksbuild.1 of the EBS driver; it does not name the minor",
          },
        },
        features: [{ feature: "snapshots" }],
        footprint: [{ pods: 2, cpu: "10m", memory: "20Mi" }],
      },
    },
    evidence: { page: "https://github.com/kubernetes-csi/external-snapshotter", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
  kinds: ["snapshot.storage.k8s.io/VolumeSnapshotClass"],
});
