import type { Cloud } from "../clouds.ts";

/** The gateway's end: https://istio.io/latest/docs/ops/configuration/traffic-management/network-topologies/. */
const gatewayEnd = (topology: object): Readonly<Record<string, string>> => ({
  "proxy.istio.io/config": JSON.stringify({ gatewayTopology: { proxyProtocol: {}, ...topology } }),
});
const takesProxyProtocol = gatewayEnd({});

/**
 * Annotations of a Service by which a cloud makes the load balancer of a gateway. Read 2026-11-22.
 *
 * Both ends speak the PROXY protocol, or all traffic is refused: without it every client has the balancer's address, on AWS because its
 * target is an IP address (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html).
 *
 * aws: the AWS Load Balancer Controller makes a network load balancer that sends straight to the pods:
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/.
 *
 * linode: https://github.com/linode/linode-cloud-controller-manager/blob/main/docs/configuration/annotations.md. The Service has the
 * balancer's host name and no address of it: kube-proxy would send what pods send to that address straight to the gateway, which
 * refuses it without the PROXY protocol. cert-manager asks each host so before Let's Encrypt does.
 */
export const loadBalancers: Readonly<Record<Cloud, Readonly<Record<string, string>>>> = {
  aws: {
    "service.beta.kubernetes.io/aws-load-balancer-type": "external",
    "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
    "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
    // By default each port is checked on itself, and no policy admits the one on which Istio tells its status. A zone in which one
    // port's targets all fail leaves DNS.
    "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "80",
    ...takesProxyProtocol,
  },
  linode: {
    "service.beta.kubernetes.io/linode-loadbalancer-default-proxy-protocol": "v2",
    "service.beta.kubernetes.io/linode-loadbalancer-hostname-only-ingress": "true",
    ...takesProxyProtocol,
  },
  local: {},
};

/**
 * The same on AWS where the gateway's clients are a CDN: only members of a security group connect to it, and the client is the last
 * address in `X-Forwarded-For`, which the CDN appends. The controller finds the group by its tag `Name`, and opens the pods to it:
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/. Read 2026-11-30.
 */
export const behindCdn = (group: string): Readonly<Record<string, string>> => ({
  ...loadBalancers.aws,
  "service.beta.kubernetes.io/aws-load-balancer-security-groups": group,
  "service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules": "true",
  ...gatewayEnd({ numTrustedProxies: 1 }),
});

/**
 * Makes external-dns create a record for a name instead of the hosts of an HTTPRoute:
 * https://kubernetes-sigs.github.io/external-dns/latest/docs/sources/gateway-api/. v0.21.0 reads both (source/gateway.go).
 */
export const recordFor = (name: string): Readonly<Record<string, string>> => ({
  "external-dns.alpha.kubernetes.io/gateway-hostname-source": "annotation-only",
  "external-dns.alpha.kubernetes.io/hostname": name,
});
