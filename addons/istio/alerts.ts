import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";

const rejects = foreignSeries("pilot_total_xds_rejects");

/** A series begins with the first rejection, so what was not there before counts as none. A restarted istiod counts anew. */
export const alerts: readonly Alert[] = [
  {
    name: "GatewayConfigRejected",
    expression: `sum by (type) (${rejects} - (${rejects} offset 30m or 0 * ${rejects}) > 0)`,
    severity: "ticket",
    summary: "A gateway pod rejected its configuration ({{ $labels.type }}): it keeps the previous one",
  },
];
