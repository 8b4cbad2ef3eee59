import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";

const SECONDS_PER_DAY = 86_400;

export const alerts: readonly Alert[] = [
  {
    name: "CertificateExpiring",
    expression: `min by (namespace, name) (${foreignSeries("certmanager_certificate_expiration_timestamp_seconds")}) - time() < ${7 * SECONDS_PER_DAY} or absent(${foreignSeries("certmanager_certificate_expiration_timestamp_seconds")})`,
    for: "15m",
    severity: "page",
    summary: "Certificate {{ $labels.namespace }}/{{ $labels.name }} is about to expire, or cert-manager reports none",
  },
];
