import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";

const SECONDS_PER_HOUR = 3600;

export const alerts: readonly Alert[] = [
  {
    name: "BackupMissing",
    expression: `time() - max by (schedule) (${foreignSeries("velero_backup_last_successful_timestamp", { schedule: "hourly" })}) > ${3 * SECONDS_PER_HOUR} or absent_over_time(${foreignSeries("velero_backup_last_successful_timestamp", { schedule: "hourly" })}[3h])`,
    severity: "page",
    summary: "No hourly backup has succeeded for three hours",
  },
];
