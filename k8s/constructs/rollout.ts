import { ApiObject, type ApiObjectMetadata } from "cdk8s";
import type { Construct } from "constructs";
import { type LabelSelector, type PodTemplateSpec, toJson_LabelSelector, toJson_PodTemplateSpec } from "../objects.ts";

/**
 * Argo Rollouts' kinds, typed by hand. `cdk8s import` would generate thirty thousand lines with a pod template of its own, and a
 * workload has one template, whatever its kind. What is rendered is validated against the schemas in k8s/crds.
 */
const API_VERSION = "argoproj.io/v1alpha1";

export interface RolloutSpec {
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
  /** @default - an autoscaler sets it */
  readonly replicas?: number;
  readonly revisionHistoryLimit: number;
  readonly minReadySeconds: number;
  readonly progressDeadlineSeconds: number;
  readonly strategy: { readonly canary: CanaryStrategy } | { readonly blueGreen: BlueGreenStrategy };
}

export interface CanaryStrategy {
  readonly stableService: string;
  readonly canaryService: string;
  readonly maxSurge: string;
  readonly maxUnavailable: number;
  readonly abortScaleDownDelaySeconds: number;
  readonly trafficRouting: { readonly plugins: Readonly<Record<string, object>> };
  readonly steps: readonly CanaryStep[];
}

export type CanaryStep =
  | { readonly setWeight: number }
  | { readonly pause: { readonly duration: string } }
  | { readonly analysis: AnalysisReference };

export interface BlueGreenStrategy {
  /** Gets the requests: it selects the pods of one version. */
  readonly activeService: string;
  /** Selects the pods of the new version before it is promoted. */
  readonly previewService: string;
  readonly autoPromotionEnabled: boolean;
  /** Must succeed before the new version is promoted. @default - none */
  readonly prePromotionAnalysis?: AnalysisReference;
  /** How long the old version keeps its pods. */
  readonly scaleDownDelaySeconds: number;
  /** How many old versions keep their pods. */
  readonly scaleDownDelayRevisionLimit: number;
  readonly abortScaleDownDelaySeconds: number;
}

/** Templates of an analysis of the new version's pods. */
export interface AnalysisReference {
  readonly templates: readonly { readonly templateName: string }[];
  readonly args: readonly { readonly name: string; readonly valueFrom: { readonly podTemplateHashValue: "Latest" } }[];
}

export class Rollout extends ApiObject {
  constructor(scope: Construct, id: string, props: { metadata: ApiObjectMetadata; spec: RolloutSpec }) {
    const { selector, template, ...spec } = props.spec;
    super(scope, id, {
      apiVersion: API_VERSION,
      kind: "Rollout",
      metadata: props.metadata,
      spec: { ...spec, selector: toJson_LabelSelector(selector), template: toJson_PodTemplateSpec(template) },
    });
  }
}

export interface AnalysisMetric {
  readonly name: string;
  readonly interval: string;
  readonly count: number;
  /** The analysis fails after more failures than this, and is inconclusive after more inconclusive measurements. */
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly successCondition: string;
  readonly failureCondition: string;
  readonly provider: { readonly prometheus: { readonly address: string; readonly query: string } };
}

export class AnalysisTemplate extends ApiObject {
  constructor(
    scope: Construct,
    id: string,
    props: {
      metadata: ApiObjectMetadata;
      spec: { readonly args: readonly { readonly name: string }[]; readonly metrics: readonly AnalysisMetric[] };
    },
  ) {
    super(scope, id, { apiVersion: API_VERSION, kind: "AnalysisTemplate", ...props });
  }
}
