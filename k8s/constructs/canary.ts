import { Construct } from "constructs";
import type { Objective } from "../../platform/objectives.ts";
import { errorRatio } from "./objective-queries.ts";
import { FASTEST_BURN, thresholdOf } from "./objective-rules.ts";
import { VERSION_LABEL } from "./promql.ts";
import { AnalysisTemplate, type CanaryStep, type CanaryStrategy } from "./rollout.ts";

/** The traffic that the new version has, step by step, in percent. */
const WEIGHTS = [10, 30, 100] as const;
/** Time for the new version's requests to fill a measurement's window. */
const SETTLE = "2m";
const WINDOW = "2m";
const MEASUREMENTS = { interval: "1m", count: 5, failureLimit: 1, inconclusiveLimit: 2 } as const;
/** The old version stays whole for so long after an abort, so that the traffic has somewhere to go. */
const SECONDS_AFTER_ABORT = 60;
const HASH = "canary-hash";

export interface CanaryProps {
  readonly namespace: string;
  readonly name: string;
  /** By which the new version is judged: the rate of errors that would wake somebody takes it back. */
  readonly objectives: readonly Objective[];
  /** Where Prometheus answers. */
  readonly prometheus: string;
}

export const canaryName = (name: string): string => `${name}-canary`;

/**
 * Measures the new version's pods alone, from the service's objectives. Without traffic a measurement says nothing (NaN, or no
 * series): it is inconclusive, and more than two of five leave the decision to a person.
 */
export class CanaryAnalysis extends Construct {
  readonly analysisTemplate: AnalysisTemplate;

  constructor(scope: Construct, id: string, { namespace, name, objectives, prometheus }: CanaryProps) {
    super(scope, id);
    const pods = [{ label: VERSION_LABEL, operator: "=", value: `{{args.${HASH}}}` } as const];
    this.analysisTemplate = new AnalysisTemplate(this, "template", {
      metadata: { name, namespace },
      spec: {
        args: [{ name: HASH }],
        metrics: objectives.map((objective) => {
          const most = thresholdOf(objective, FASTEST_BURN);
          return {
            name: objective.kind,
            ...MEASUREMENTS,
            successCondition: `len(result) > 0 && result[0] <= ${most}`,
            failureCondition: `len(result) > 0 && result[0] > ${most}`,
            provider: {
              prometheus: { address: prometheus, query: errorRatio(objective, { namespace, job: name, pods }, WINDOW) },
            },
          };
        }),
      },
    });
  }
}

/** A step a weight: the traffic goes there, is let settle, and is judged. */
export function canaryStrategy({ namespace, name }: Pick<CanaryProps, "namespace" | "name">): CanaryStrategy {
  const judged: CanaryStep = {
    analysis: {
      templates: [{ templateName: name }],
      args: [{ name: HASH, valueFrom: { podTemplateHashValue: "Latest" } }],
    },
  };
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
