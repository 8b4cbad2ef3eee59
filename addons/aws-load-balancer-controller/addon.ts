import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** Makes a network load balancer of the gateway's Service, with pods as its targets. */
export const awsLoadBalancerController = defineAddon({
  name: "aws-load-balancer-controller",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  clouds: ["aws"],
  enabled: () => true,
  delivery: {
    by: "assumed",
    evidence: { page: "https://kubernetes-sigs.github.io/aws-load-balancer-controller/", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
});
