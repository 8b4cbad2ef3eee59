import type { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import type { ScaleProfile } from "../../platform/service.ts";
import type { Signal } from "../../platform/signals.ts";
import { ScaledObject, ScaledObjectSpecFallbackBehavior } from "../imports/keda.sh.ts";
import { HorizontalPodAutoscaler, type HorizontalPodAutoscalerBehaviorV2 } from "../objects.ts";
import { type QuerySignal, type ResourceSignal, isResource, triggerOf } from "./signals.ts";

export type { QuerySignal };

export interface AutoscalerProps {
  readonly namespace: string;
  readonly name: string;
  /** What is scaled. It must not set `replicas`, which the autoscaler owns. */
  readonly target: ApiObject;
  readonly replicas: { readonly min: number; readonly max: number };
  readonly on: readonly [Signal | QuerySignal, ...(Signal | QuerySignal)[]];
  readonly profile: ScaleProfile;
  /** The URL of Prometheus, for signals that are read from it. */
  readonly prometheus: string;
}

/** Before replicas are removed, the highest recommendation of this many seconds applies. */
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
 * A HorizontalPodAutoscaler for CPU and memory, or a ScaledObject, which makes the HorizontalPodAutoscaler itself, as soon as
 * one of the signals is read from Prometheus.
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
    const resources = props.on.filter(isResource);
    this.autoscaler =
      resources.length === props.on.length
        ? this.createHorizontalPodAutoscaler(props, resources)
        : this.createScaledObject(props);
  }

  private createHorizontalPodAutoscaler(
    { namespace, name, target, replicas, profile }: AutoscalerProps,
    signals: readonly ResourceSignal[],
  ): HorizontalPodAutoscaler {
    return new HorizontalPodAutoscaler(this, "autoscaler", {
      metadata: { name, namespace },
      spec: {
        scaleTargetRef: reference(target),
        minReplicas: replicas.min,
        maxReplicas: replicas.max,
        metrics: signals.map(({ kind, percent }) => ({
          type: "Resource",
          resource: { name: kind, target: { type: "Utilization", averageUtilization: percent } },
        })),
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
        // Without the metric the replicas stay: no answer does not mean an empty queue.
        fallback: {
          failureThreshold: 4,
          replicas: replicas.min,
          behavior: ScaledObjectSpecFallbackBehavior.CURRENT_REPLICAS_IF_HIGHER,
        },
        advanced: { horizontalPodAutoscalerConfig: { behavior: behaviours[profile] } },
        triggers: on.map((signal) => triggerOf(signal, { namespace, job: name, prometheus })),
      },
    });
  }
}

function reference({ apiVersion, kind, name }: ApiObject): { apiVersion: string; kind: string; name: string } {
  return { apiVersion, kind, name };
}
