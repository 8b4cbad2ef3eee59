import type { KubeObject } from "./client.ts";

/** The autoscaler that KEDA makes of a ScaledObject and owns. */
export function hpaOfKeda({ metadata, spec }: KubeObject): KubeObject {
  const { scaleTargetRef, minReplicaCount, maxReplicaCount, advanced, triggers } = spec;
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: `keda-hpa-${metadata.name}`, namespace: metadata.namespace ?? "" },
    spec: {
      scaleTargetRef,
      minReplicas: minReplicaCount,
      maxReplicas: maxReplicaCount,
      behavior: advanced.horizontalPodAutoscalerConfig.behavior,
      metrics: triggers.map(({ type, metricType, metadata: { threshold } }: Trigger, index: number) => ({
        type: "External",
        external: {
          metric: {
            name: `s${index}-${type}`,
            selector: { matchLabels: { "scaledobject.keda.sh/name": metadata.name } },
          },
          target: { type: metricType, averageValue: threshold },
        },
      })),
    },
  };
}

interface Trigger {
  readonly type: string;
  readonly metricType: string;
  readonly metadata: { readonly threshold: string };
}
