import type { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import type { ScaleProfile, Signal } from "../../platform/service.ts";
import { equals, series } from "./promql.ts";
import { ScaledObject, ScaledObjectSpecFallbackBehavior } from "../imports/keda.sh.ts";
import { HorizontalPodAutoscaler, type HorizontalPodAutoscalerBehaviorV2, type MetricSpecV2 } from "../objects.ts";

export interface AutoscalerProps {
  readonly namespace: string;
  readonly name: string;
  /** What is scaled; it must leave `replicas` out, or two would own the number. */
  readonly target: ApiObject;
  readonly replicas: { readonly min: number; readonly max: number };
  readonly on: readonly [Signal | QuerySignal, ...(Signal | QuerySignal)[]];
  readonly profile: ScaleProfile;
  /** Where metrics are asked for, when one of the signals is a metric. */
  readonly prometheus: string;
}

/** A replica for each `perReplica` of what a query of one series answers. */
export interface QuerySignal {
  readonly kind: "query";
  readonly query: string;
  readonly perReplica: number;
}

/** Seconds for which the highest wish of the window holds before replicas go. */
const CALM = 300;

const behaviours: Readonly<Record<ScaleProfile, HorizontalPodAutoscalerBehaviorV2>> = {
  steady: behaviour({ downPercent: 10, upPeriod: 15 }),
  elastic: behaviour({ downPercent: 50, upPeriod: 60 }),
};

function behaviour({
  downPercent,
  upPeriod,
}: {
  downPercent: number;
  upPeriod: number;
}): HorizontalPodAutoscalerBehaviorV2 {
  return {
    scaleDown: {
      stabilizationWindowSeconds: CALM,
      policies: [{ type: "Percent", value: downPercent, periodSeconds: 60 }],
    },
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: "Max",
      policies: [
        { type: "Percent", value: 100, periodSeconds: upPeriod },
        { type: "Pods", value: 4, periodSeconds: upPeriod },
      ],
    },
  };
}

/**
 * Scales by CPU and memory with a HorizontalPodAutoscaler, and by a metric with a ScaledObject, which makes the
 * autoscaler itself. One of them, never both.
 */
export class Autoscaler extends Construct {
  readonly autoscaler: HorizontalPodAutoscaler | ScaledObject;

  constructor(scope: Construct, id: string, props: AutoscalerProps) {
    super(scope, id);
    const { min, max } = props.replicas;
    if (min < 1 || min > max) {
      throw new Error(
        `${this.node.path}: 'replicas' is ${min} to ${max}; 'min' must be at least 1 and not above 'max'.`,
      );
    }
    const byMetric = props.on.some(({ kind }) => kind === "metric" || kind === "query");
    this.autoscaler = byMetric ? this.createScaledObject(props) : this.createHorizontalPodAutoscaler(props);
  }

  private createHorizontalPodAutoscaler({
    namespace,
    name,
    target,
    replicas,
    on,
    profile,
  }: AutoscalerProps): HorizontalPodAutoscaler {
    return new HorizontalPodAutoscaler(this, "autoscaler", {
      metadata: { name, namespace },
      spec: {
        scaleTargetRef: reference(target),
        minReplicas: replicas.min,
        maxReplicas: replicas.max,
        metrics: on.flatMap((signal): MetricSpecV2[] =>
          signal.kind === "metric" || signal.kind === "query"
            ? []
            : [
                {
                  type: "Resource",
                  resource: { name: signal.kind, target: { type: "Utilization", averageUtilization: signal.percent } },
                },
              ],
        ),
        behavior: behaviours[profile],
      },
    });
  }

  private createScaledObject({
    namespace,
    name,
    target,
    replicas,
    on,
    profile,
    prometheus,
  }: AutoscalerProps): ScaledObject {
    return new ScaledObject(this, "autoscaler", {
      metadata: { name, namespace },
      spec: {
        scaleTargetRef: reference(target),
        minReplicaCount: replicas.min,
        maxReplicaCount: replicas.max,
        pollingInterval: 15,
        // Without its metric it keeps what it has, instead of taking silence for an empty queue.
        fallback: {
          failureThreshold: 4,
          replicas: replicas.min,
          behavior: ScaledObjectSpecFallbackBehavior.CURRENT_REPLICAS_IF_HIGHER,
        },
        advanced: { horizontalPodAutoscalerConfig: { behavior: behaviours[profile] } },
        triggers: on.map((signal) =>
          signal.kind === "metric" || signal.kind === "query"
            ? {
                type: "prometheus",
                metricType: "AverageValue",
                metadata: {
                  serverAddress: prometheus,
                  query: signal.kind === "query" ? signal.query : queryFor(signal),
                  threshold: String(signal.perReplica),
                  ignoreNullValues: "false",
                },
              }
            : { type: signal.kind, metricType: "Utilization", metadata: { value: String(signal.percent) } },
        ),
      },
    });
  }
}

/** Each replica exports the same number, so the largest is taken; a sum would multiply it by the replicas. */
export function queryFor({ metric, matching }: Extract<Signal, { kind: "metric" }>): string {
  return `max(${series(metric, equals(matching))})`;
}

function reference({ apiVersion, kind, name }: ApiObject): { apiVersion: string; kind: string; name: string } {
  return { apiVersion, kind, name };
}
