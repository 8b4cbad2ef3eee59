import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** The pod network of LKE, which also enforces NetworkPolicies. */
export const calico = defineAddon({
  name: "calico",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "cloud",
    on: {
      linode: {
        stage: "builtin",
        features: [{ feature: "network-policies" }],
        footprint: [{ pods: "every-node", cpu: "250m", memory: "0" }],
      },
    },
    evidence: { page: "https://github.com/projectcalico/calico", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
