import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { HTTPS_PORT, internet } from "../../platform/connections.ts";
import { Hole } from "../../platform/hole.ts";
import { clusterName } from "../../platform/names.ts";
import { nodesOf, spreadPods } from "../../platform/placement.ts";
import { restrictedContainer } from "../../platform/security-context.ts";

const NAME = "aws-load-balancer-controller";
const PORTS = { webhook: 9443, metrics: 8080 } as const;
const labels = { "app.kubernetes.io/name": NAME };
const resources = { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } };
/** The group of the chart's own pod security context: it reads the certificate. */
const GROUP = 65_534;

/** Makes a network load balancer of the gateway's Service, with pods as its targets. */
export const awsLoadBalancerController = defineAddon({
  name: NAME,
  licence: "Apache-2.0",
  options: z.strictObject({}),
  clouds: ["aws"],
  enabled: () => true,
  // It issues the certificate of the webhooks. The chart would create another one each time it is rendered.
  needs: ["cert-manager"],
  delivery: {
    by: "application",
    // After the definition of Certificate, which is of the layer before.
    layer: "data",
    source: { kind: "chart", repository: "https://aws.github.io/eks-charts", chart: NAME, versions: ["3.5.0"] },
    values: ({ environment, placement, protect }) => {
      const cluster = Hole.text("cluster", clusterName(environment));
      return {
        clusterName: cluster,
        region: Hole.text("region", environment.region ?? ""),
        // Pods cannot ask the metadata service in which network they are.
        vpcTags: { Name: cluster },
        enableCertManager: true,
        // Of its controllers, that of Services: the gateway is Istio's.
        controllerConfig: { featureGates: { ALBGatewayAPI: false, NLBGatewayAPI: false, GatewayListenerSet: false } },
        createIngressClassResource: false,
        ingressClassParams: { create: false },
        webhookConfig: { disableIngressValidation: true },
        // It would have to answer before any Service can be created, and makes a default of what our Service says.
        enableServiceMutatorWebhook: false,
        enableShield: false,
        enableWaf: false,
        enableWafv2: false,
        replicaCount: protect ? 2 : 1,
        ...(protect && { podDisruptionBudget: { maxUnavailable: 1 }, topologySpreadConstraints: spreadPods(labels) }),
        resources,
        podSecurityContext: { fsGroup: GROUP, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        securityContext: restrictedContainer,
        ...nodesOf(placement),
      };
    },
  },
  namespace: { name: NAME, podSecurity: "restricted" },
  pool: "infrastructure",
  pods: { [NAME]: { labels } },
  connections: ({ controlPlane, own }) => [
    ...controlPlane.ports.map((port) => ({ from: own(NAME), to: controlPlane.api, port })),
    { from: controlPlane.caller, to: own(NAME), port: PORTS.webhook },
    { from: own(NAME), to: internet, port: HTTPS_PORT },
  ],
  scraped: [{ group: NAME, port: { name: "metrics-server", number: PORTS.metrics } }],
  failures: [
    {
      ...{ failure: "the load balancer of a Service cannot be made or changed", operator: ">", atMost: 0 },
      metric: "awslbc_controller_reconcile_errors_total",
    },
  ],
  rights: () => [{ name: NAME, group: NAME, serviceAccount: NAME, may: "manage-load-balancers" }],
});
