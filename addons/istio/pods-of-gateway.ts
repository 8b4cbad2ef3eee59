import { parse } from "yaml";
import type { KubernetesManifest, OperatedPods } from "../../platform/operated-pods.ts";
import { LABELS, PORTS } from "./gateway-parameters.ts";

interface GatewaySpec {
  readonly gatewayClassName: string;
  readonly infrastructure?: { readonly parametersRef?: { readonly name: string } };
  readonly listeners: readonly { readonly port: number }[];
}

interface PodPatch extends Required<Pick<OperatedPods, "nodeSelector" | "tolerations" | "topologySpreadConstraints">> {
  readonly containers: readonly { readonly resources?: { readonly requests?: OperatedPods["requests"] } }[];
}

interface Parameters {
  readonly deployment?: { readonly spec: { readonly template: { readonly spec: Partial<PodPatch> } } };
  readonly horizontalPodAutoscaler?: {
    readonly spec: { readonly minReplicas?: number; readonly maxReplicas?: number };
  };
}

const ANYWHERE: PodPatch = { containers: [], nodeSelector: {}, tolerations: [], topologySpreadConstraints: [] };

/** Istio's own, where no parameters say otherwise: `global.proxy.resources` of its chart. */
const DEFAULT_REQUESTS = { cpu: "100m", memory: "128Mi" };

/**
 * The pods of a Gateway: those of files/kube-gateway.yaml in the chart, with what the ConfigMap that the Gateway names has for them.
 * Without one, Istio makes a single pod.
 */
export function podsOfGateway(
  { metadata, spec }: KubernetesManifest,
  all: readonly KubernetesManifest[],
): OperatedPods[] {
  const { gatewayClassName, infrastructure, listeners } = spec as GatewaySpec;
  const parameters = all.find(
    (object) =>
      object.kind === "ConfigMap" &&
      object.metadata.namespace === metadata.namespace &&
      object.metadata.name === infrastructure?.parametersRef?.name,
  );
  return [
    {
      name: "gateway",
      labels: {
        ...LABELS,
        "gateway.networking.k8s.io/gateway-class-name": gatewayClassName,
        "gateway.istio.io/managed": "istio.io-gateway-controller",
        "sidecar.istio.io/inject": "false",
      },
      ports: [...listeners.map(({ port }) => port), ...Object.values(PORTS)],
      ...runsAs(parametersIn(parameters)),
      secrets: [],
    },
  ];
}

const parametersIn = (map: KubernetesManifest | undefined): Parameters =>
  Object.fromEntries(
    Object.entries((map?.data ?? {}) as Readonly<Record<string, string>>).map(([kind, patch]) => [
      kind,
      parse(patch) as unknown,
    ]),
  );

function runsAs({
  deployment,
  horizontalPodAutoscaler,
}: Parameters): Omit<OperatedPods, "name" | "labels" | "ports" | "secrets"> {
  const replicas = { minReplicas: 1, maxReplicas: 1, ...horizontalPodAutoscaler?.spec };
  const { containers, ...placement } = { ...ANYWHERE, ...deployment?.spec.template.spec };
  return {
    min: replicas.minReplicas,
    count: replicas.maxReplicas,
    requests: containers[0]?.resources?.requests ?? DEFAULT_REQUESTS,
    nodeSelector: placement.nodeSelector,
    tolerations: placement.tolerations,
    topologySpreadConstraints: placement.topologySpreadConstraints,
  };
}
