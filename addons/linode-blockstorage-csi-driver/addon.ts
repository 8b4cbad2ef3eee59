import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** Volumes on Linode Block Storage. */
export const linodeBlockstorageCsiDriver = defineAddon({
  name: "linode-blockstorage-csi-driver",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "cloud",
    on: {
      linode: {
        stage: "builtin",
        features: [{ feature: "volumes", driver: "linodebs.csi.linode.com" }],
        footprint: [{ pods: "every-node", cpu: "0", memory: "0" }],
      },
    },
    evidence: { page: "https://github.com/linode/linode-blockstorage-csi-driver", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
