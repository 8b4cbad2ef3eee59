import type { PrometheusRuleSpecGroupsRules } from "../imports/monitoring.coreos.com.ts";
import { PrometheusRuleSpecGroupsRulesExpr } from "../imports/monitoring.coreos.com.ts";

export interface AlertProps {
  /** In PascalCase; docs/runbooks/<name>.md says what to do. */
  readonly name: string;
  readonly expression: string;
  /** How long it must hold: `5m`. @default - it fires at once */
  readonly for?: string;
  /** `page` wakes somebody, `ticket` waits for the morning, and a `heartbeat` always fires: its end is the alarm. */
  readonly severity: "page" | "ticket" | "heartbeat";
  readonly summary: string;
  /** Where runbooks are read. */
  readonly runbooks: string;
  /** @default - none beside the severity */
  readonly labels?: Readonly<Record<string, string>>;
}

export function alert(props: AlertProps): PrometheusRuleSpecGroupsRules {
  const { name, expression, severity, summary, runbooks, labels = {} } = props;
  return {
    alert: name,
    expr: PrometheusRuleSpecGroupsRulesExpr.fromString(expression),
    ...(props.for !== undefined && { for: props.for }),
    labels: { severity, ...labels },
    annotations: { summary, runbook_url: `${runbooks}/${name}.md` },
  };
}

export function recording(
  record: string,
  expression: string,
  labels: Readonly<Record<string, string>>,
): PrometheusRuleSpecGroupsRules {
  return { record, expr: PrometheusRuleSpecGroupsRulesExpr.fromString(expression), labels: { ...labels } };
}
