import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";

export const alerts: readonly Alert[] = [
  {
    name: "ScalerFailing",
    expression: `sum by (namespace, scaledObject) (rate(${foreignSeries("keda_scaler_detail_errors_total")}[10m])) > 0`,
    for: "10m",
    severity: "ticket",
    summary: "KEDA cannot read the metric of {{ $labels.namespace }}/{{ $labels.scaledObject }}",
  },
];
