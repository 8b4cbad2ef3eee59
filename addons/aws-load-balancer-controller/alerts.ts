import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";

/** It tries again for as long as it fails. A load balancer that is there serves meanwhile. */
export const alerts: readonly Alert[] = [
  {
    name: "LoadBalancerFailing",
    expression: `sum by (controller) (increase(${foreignSeries("awslbc_controller_reconcile_errors_total")}[15m])) > 0`,
    for: "15m",
    severity: "ticket",
    summary:
      "The load balancer controller cannot create or change what its {{ $labels.controller }} controller manages",
  },
];
