import { Construct } from "constructs";
import type { Objective } from "../../platform/objectives.ts";
import { PrometheusRule } from "../imports/monitoring.coreos.com.ts";
import { alert, type AlertProps, recording } from "./alert.ts";
import { errorRatio, quantile, type Target } from "./objective-queries.ts";

export interface ObjectiveRulesProps {
  readonly namespace: string;
  /** The service, which is scraped under the same name. */
  readonly name: string;
  readonly objectives: readonly Objective[];
  readonly runbooks: string;
}

/**
 * How fast a 30-day budget may burn before an alert fires: over a long window, so that a short fault does not page, and over a
 * short one, so that the alert ends when the fault does. The table of Google's SRE workbook, chapter 5.
 */
const burns = [
  { rate: 14.4, long: "1h", short: "5m", severity: "page", spends: "2 % of 30 days' errors in an hour" },
  { rate: 6, long: "6h", short: "30m", severity: "page", spends: "5 % of 30 days' errors in six hours" },
  { rate: 3, long: "1d", short: "2h", severity: "ticket", spends: "10 % of 30 days' errors in a day" },
  { rate: 1, long: "3d", short: "6h", severity: "ticket", spends: "10 % of 30 days' errors in three days" },
] as const;

/** Beside the burn rates, which page for little more than the budget only after hours. Both hold for five minutes. */
const MAX_ERROR_RATIO = 0.01;
const MAX_P99_SECONDS = 2;

const recordOf = (window: string): string => `slo:error_ratio:rate${window}`;

/** A service's SLOs: recording rules for the share of bad events, and alerts on how fast they use up the error budget. */
export class ObjectiveRules extends Construct {
  readonly rules: PrometheusRule;

  constructor(scope: Construct, id: string, { namespace, name, objectives, runbooks }: ObjectiveRulesProps) {
    super(scope, id);
    // One latency alert for all latency objectives of a metric: its bound is none of theirs.
    const bounded = new Set(new Map(objectives.map((each) => [each.of, each])).values());
    const windows = [...new Set(burns.flatMap(({ long, short }) => [short, long]))];
    this.rules = new PrometheusRule(this, "rules", {
      metadata: { name, namespace },
      spec: {
        groups: objectives.map((objective) => {
          const labels = { service: name, objective: objective.name };
          const target = { namespace, job: name };
          return {
            name: `${name}-${objective.name}`,
            rules: [
              ...windows.map((window) => recording(recordOf(window), errorRatio(objective, target, window), labels)),
              ...burns.map(({ rate, long, short, severity, spends }) =>
                alert({
                  name: "ErrorBudgetBurn",
                  expression: [long, short]
                    .map((window) => `${recorded(window, labels)} > ${thresholdOf(objective, rate)}`)
                    .join(" and "),
                  severity,
                  summary: `${name}: ${objective.name} is spending ${spends}`,
                  runbooks,
                  labels: { ...labels, window: long },
                }),
              ),
              ...(bounded.has(objective)
                ? [alert({ ...thresholdAlert(objective, target, labels), for: "5m", runbooks, labels })]
                : []),
            ],
          };
        }),
      },
    });
  }
}

function thresholdAlert(
  objective: Objective,
  target: Target,
  labels: { service: string; objective: string },
): Pick<AlertProps, "name" | "expression" | "severity" | "summary"> {
  const { service } = labels;
  if (objective.kind === "availability") {
    return {
      name: "ErrorRateHigh",
      expression: `${recorded("5m", labels)} > ${MAX_ERROR_RATIO}`,
      severity: "page",
      summary: `${service}: {{ $value | humanizePercentage }} of events fail`,
    };
  }
  return {
    name: "LatencyHigh",
    expression: `${quantile(0.99, objective, target, "5m")} > ${MAX_P99_SECONDS}`,
    severity: "ticket",
    summary: `${service}: one event in a hundred takes longer than {{ $value | humanizeDuration }}`,
  };
}

const recorded = (window: string, { service, objective }: { service: string; objective: string }): string =>
  `${recordOf(window)}{service="${service}",objective="${objective}"}`;

/** The share of errors that spends the budget so many times too fast. Without the dust of binary fractions. */
export const thresholdOf = ({ target }: Objective, rate: number): number => Number((rate * (1 - target)).toFixed(9));
