import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

const NAME = "aws-load-balancer-controller";

/** Makes a network load balancer of the gateway's Service, with pods as its targets. */
export const awsLoadBalancerController = defineAddon({
  name: NAME,
  licence: "Apache-2.0",
  options: z.strictObject({}),
  clouds: ["aws"],
  enabled: () => true,
  delivery: {
    by: "assumed",
    evidence: { page: "https://kubernetes-sigs.github.io/aws-load-balancer-controller/", date: "2026-11-22" },
  },
  namespace: { name: "kube-system" },
  pods: { [NAME]: { labels: { "app.kubernetes.io/name": NAME } } },
  rights: () => [{ name: NAME, group: NAME, serviceAccount: NAME, may: "manage-load-balancers" }],
});
