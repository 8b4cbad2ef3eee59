import { stringify } from "yaml";
import type { OperatedPods } from "../../platform/operated-pods.ts";
import { GATEWAY } from "../../platform/names.ts";
import { nodesOf, type Placement } from "../../platform/placement.ts";

/** The ConfigMap beside the Gateway: patches of what Istio makes of it. */
export const PARAMETERS = "gateway-parameters";

/** Of the pods of the Gateway. */
export const LABELS = { "gateway.networking.k8s.io/gateway-name": GATEWAY };
const REQUESTS = { cpu: "200m", memory: "256Mi" };
/** A gateway's own ports, which listeners cannot have: https://istio.io/latest/docs/ops/deployment/application-requirements/. */
export const PORTS = { metrics: 15_020, status: 15_021, envoyMetrics: 15_090 };

/**
 * Seconds for which a pod that is to go takes connections: until the load balancer knows. Envoy asks clients to leave meanwhile, and the
 * agent ends it once none is left (terminate in pkg/envoy/agent.go of Istio 1.31.1).
 */
const MIN_DRAIN = 30;
/** Seconds until it ends in any case: requests may take 60, and streams of events begin again elsewhere. */
const MAX_DRAIN = 120;
const drain = [
  { name: "EXIT_ON_ZERO_ACTIVE_CONNECTIONS", value: "true" },
  { name: "MINIMUM_DRAIN_DURATION", value: `${MIN_DRAIN}s` },
];

export interface GatewayReplicas {
  readonly min: number;
  readonly max: number;
}

/**
 * The ConfigMap's data. Istio merges each entry into the object of that kind as `kubectl patch` does, and makes an autoscaler and a
 * budget only where they are named: without them one pod carries all traffic
 * (pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go of Istio 1.31.1).
 */
export function gatewayParameters({ min, max }: GatewayReplicas, placement: Placement): Record<string, string> {
  const parameters = {
    deployment: {
      spec: {
        template: {
          spec: {
            ...nodesOf(placement),
            topologySpreadConstraints: spreadOf(placement),
            terminationGracePeriodSeconds: MAX_DRAIN,
            containers: [
              {
                name: "istio-proxy",
                env: drain,
                resources: { requests: REQUESTS, limits: { cpu: "2", memory: "1Gi" } },
              },
            ],
          },
        },
      },
    },
    horizontalPodAutoscaler: {
      spec: {
        minReplicas: min,
        maxReplicas: max,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
        ],
      },
    },
    podDisruptionBudget: { spec: { maxUnavailable: "25%" } },
  };
  return Object.fromEntries(
    Object.entries(parameters).map(([kind, patch]) => [kind, stringify(patch, { aliasDuplicateObjects: false })]),
  );
}

/** A preference: when a zone is lost, pods have to start in the others. */
const spreadOf = ({ spreadOver }: Placement): NonNullable<OperatedPods["topologySpreadConstraints"]> =>
  spreadOver.map((topologyKey) => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: LABELS },
  }));
