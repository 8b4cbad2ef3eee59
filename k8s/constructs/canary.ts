import { Construct } from "constructs";
import type { Objective } from "../../platform/objectives.ts";
import { errorRatio } from "./objective-queries.ts";
import { thresholdOf } from "./objective-rules.ts";
import { VERSION_LABEL } from "./promql.ts";
import { type AnalysisReference, AnalysisTemplate, type CanaryStep, type CanaryStrategy } from "./rollout.ts";

/** The share of requests that the new version gets in each step, in percent. */
const WEIGHTS = [10, 30, 100] as const;
/** Long enough for the new version's requests to fill the window of a measurement. */
const SETTLE = "2m";
const WINDOW = "2m";
const MEASUREMENTS = { interval: "1m", count: 5, failureLimit: 1, inconclusiveLimit: 2 } as const;
/** After an abort the new version keeps its pods for this long, until no request is routed to them. */
const SECONDS_AFTER_ABORT = 60;
const HASH = "canary-hash";

export interface ReleaseAnalysisProps {
  readonly namespace: string;
  readonly name: string;
  /** The new version fails when its own requests miss one of them. */
  readonly objectives: readonly Objective[];
  /** The URL at which Prometheus answers. */
  readonly prometheus: string;
}

export const canaryName = (name: string): string => `${name}-canary`;

/**
 * Measures the pods of the new version, by the service's objectives. Without requests the query returns NaN or no series, and the
 * measurement is inconclusive. After more than two inconclusive measurements of five, a person decides.
 */
export class ReleaseAnalysis extends Construct {
  readonly analysisTemplate: AnalysisTemplate;

  constructor(scope: Construct, id: string, { namespace, name, objectives, prometheus }: ReleaseAnalysisProps) {
    super(scope, id);
    const pods = [{ label: VERSION_LABEL, operator: "=", value: `{{args.${HASH}}}` } as const];
    this.analysisTemplate = new AnalysisTemplate(this, "template", {
      metadata: { name, namespace },
      spec: {
        args: [{ name: HASH }],
        metrics: objectives.map((objective) => {
          const budget = thresholdOf(objective, 1);
          return {
            name: objective.name,
            ...MEASUREMENTS,
            successCondition: `len(result) > 0 && result[0] <= ${budget}`,
            failureCondition: `len(result) > 0 && result[0] > ${budget}`,
            provider: {
              prometheus: { address: prometheus, query: errorRatio(objective, { namespace, job: name, pods }, WINDOW) },
            },
          };
        }),
      },
    });
  }
}

/** The analysis of a service's new version, where a strategy refers to it. */
export const analysisOf = (name: string): AnalysisReference => ({
  templates: [{ templateName: name }],
  args: [{ name: HASH, valueFrom: { podTemplateHashValue: "Latest" } }],
});

/** Three steps for each weight: move the requests, wait for them, and measure. */
export function canaryStrategy({ namespace, name }: Pick<ReleaseAnalysisProps, "namespace" | "name">): CanaryStrategy {
  const judged: CanaryStep = { analysis: analysisOf(name) };
  return {
    stableService: name,
    canaryService: canaryName(name),
    maxSurge: "25%",
    maxUnavailable: 0,
    abortScaleDownDelaySeconds: SECONDS_AFTER_ABORT,
    trafficRouting: { plugins: { "argoproj-labs/gatewayAPI": { namespace, httpRoutes: [{ name }] } } },
    steps: WEIGHTS.flatMap((setWeight): CanaryStep[] => [{ setWeight }, { pause: { duration: SETTLE } }, judged]),
  };
}
