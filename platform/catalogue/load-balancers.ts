import type { Cloud } from "../clouds.ts";

/**
 * Annotations of a Service by which a cloud makes the load balancer of a gateway. Read 2026-11-22.
 *
 * aws: the AWS Load Balancer Controller makes a network load balancer that sends straight to the pods:
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/.
 *
 * linode: both ends speak the PROXY protocol, or all traffic is refused: without it every client has the balancer's address.
 * https://github.com/linode/linode-cloud-controller-manager/blob/main/docs/configuration/annotations.md.
 */
export const loadBalancers: Readonly<Record<Cloud, Readonly<Record<string, string>>>> = {
  aws: {
    "service.beta.kubernetes.io/aws-load-balancer-type": "external",
    "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
  },
  linode: {
    "service.beta.kubernetes.io/linode-loadbalancer-default-proxy-protocol": "v2",
    "proxy.istio.io/config": '{"gatewayTopology":{"proxyProtocol":{}}}',
  },
  local: {},
};
