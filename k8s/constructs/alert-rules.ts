import { Construct } from "constructs";
import { namespaces } from "../../platform/names.ts";
import { PrometheusRule } from "../imports/monitoring.coreos.com.ts";
import { alert, type AlertProps } from "./alert.ts";

export type Alert = Omit<AlertProps, "runbooks">;

export interface AlertRulesProps {
  readonly name: string;
  /** Alerts by group; a group without alerts is left out. */
  readonly groups: Readonly<Record<string, readonly Alert[]>>;
  /** Where runbooks are read. */
  readonly runbooks: string;
}

/** Alerts that Prometheus evaluates. */
export class AlertRules extends Construct {
  readonly rules: PrometheusRule;

  constructor(scope: Construct, id: string, { name, groups, runbooks }: AlertRulesProps) {
    super(scope, id);
    this.rules = new PrometheusRule(this, "rules", {
      metadata: { name, namespace: namespaces.observability },
      spec: {
        groups: Object.entries(groups)
          .filter(([, alerts]) => alerts.length > 0)
          .map(([group, alerts]) => ({ name: group, rules: alerts.map((each) => alert({ ...each, runbooks })) })),
      },
    });
  }
}
