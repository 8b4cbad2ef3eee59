import { ApiObject, type ApiObjectMetadata } from "cdk8s";
import type { Construct } from "constructs";
import { type LabelSelector, type PodTemplateSpec, toJson_LabelSelector, toJson_PodTemplateSpec } from "../objects.ts";

/**
 * Argo Rollouts' kinds, typed by hand: `cdk8s import` would make pod templates of its own of them, thirty thousand lines, and a
 * workload's template comes from one function whatever stands around it. The schemas in k8s/crds judge what is rendered.
 */
const API_VERSION = "argoproj.io/v1alpha1";

export interface RolloutSpec {
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
  readonly revisionHistoryLimit: number;
  readonly minReadySeconds: number;
  readonly progressDeadlineSeconds: number;
  readonly strategy: { readonly canary: CanaryStrategy };
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
  | {
      readonly analysis: {
        readonly templates: readonly { readonly templateName: string }[];
        readonly args: readonly {
          readonly name: string;
          readonly valueFrom: { readonly podTemplateHashValue: "Latest" };
        }[];
      };
    };

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
  /** More failures end the analysis as failed; more measurements without a verdict, as inconclusive. */
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
