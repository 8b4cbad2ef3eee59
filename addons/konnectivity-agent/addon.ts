import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** The cluster's end of the tunnel through which LKE's control plane reaches pods. */
export const konnectivityAgent = defineAddon({
  name: "konnectivity-agent",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "cloud",
    on: { linode: { stage: "builtin", footprint: [{ pods: "every-node", cpu: "50m", memory: "30Mi" }] } },
    evidence: { page: "https://github.com/kubernetes-sigs/apiserver-network-proxy", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
  pods: { "konnectivity-agent": { labels: { "k8s-app": "konnectivity-agent" } } },
  provides: [{ capability: "control-plane-tunnel", group: "konnectivity-agent", port: 8132 }],
});
