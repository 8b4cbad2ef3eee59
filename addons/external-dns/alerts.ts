import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";

const SECONDS_PER_MINUTE = 60;

/** It synchronizes every minute. A pod that has not succeeded yet reports 0; one that is gone, JobSilent tells. */
export const alerts: readonly Alert[] = [
  {
    name: "DnsSyncFailing",
    expression: `time() - max(${foreignSeries("external_dns_controller_last_sync_timestamp_seconds")}) > ${15 * SECONDS_PER_MINUTE}`,
    for: "10m",
    severity: "ticket",
    summary: "external-dns has not brought the DNS zone up to date for {{ $value | humanizeDuration }}",
  },
];
