import type { Cloud } from "../clouds.ts";

/** The gateway's end: https://istio.io/latest/docs/ops/configuration/traffic-management/network-topologies/. */
const takesProxyProtocol = { "proxy.istio.io/config": '{"gatewayTopology":{"proxyProtocol":{}}}' };

/**
 * Annotations of a Service by which a cloud makes the load balancer of a gateway. Read 2026-11-22.
 *
 * Both ends speak the PROXY protocol, or all traffic is refused: without it every client has the balancer's address, on AWS because its
 * target is an IP address (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html).
 *
 * aws: the AWS Load Balancer Controller makes a network load balancer that sends straight to the pods:
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/.
 *
 * linode: https://github.com/linode/linode-cloud-controller-manager/blob/main/docs/configuration/annotations.md.
 */
export const loadBalancers: Readonly<Record<Cloud, Readonly<Record<string, string>>>> = {
  aws: {
    "service.beta.kubernetes.io/aws-load-balancer-type": "external",
    "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
    "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
    ...takesProxyProtocol,
  },
  linode: { "service.beta.kubernetes.io/linode-loadbalancer-default-proxy-protocol": "v2", ...takesProxyProtocol },
  local: {},
};
