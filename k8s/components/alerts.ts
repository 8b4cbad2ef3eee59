import { postgresConnectionsOf } from "../../platform/database.ts";
import { namespaces, runbooksUrl } from "../../platform/names.ts";
import { queueGauges, metricNamed } from "../../platform/service.ts";
import { alert, type AlertProps } from "../constructs/alert.ts";
import { equals, foreign, series } from "../constructs/promql.ts";
import { PrometheusRule } from "../imports/monitoring.coreos.com.ts";
import type { Context } from "./context.ts";

type Alert = Omit<AlertProps, "runbooks">;

const of = (name: string, labels: Readonly<Record<string, string>> = {}): string =>
  series(foreign(name), equals(labels));
const SECONDS_A_DAY = 86_400;
/** Executions that wait before somebody should look; the autoscaler has had its ten minutes then. */
const DEEP_QUEUE = 100;

/** What is watched beside the services' own promises. */
export function addAlerts(context: Context): void {
  const runbooks = runbooksUrl(context.environment);
  const groups = Object.entries({
    pods: podAlerts,
    queues: queueAlerts(context),
    nodes: nodeAlerts,
    data: dataAlerts(context),
    delivery: deliveryAlerts,
  });
  new PrometheusRule(context.layers.alerts, "platform", {
    metadata: { name: "platform", namespace: namespaces.observability },
    spec: {
      groups: groups
        .filter(([, alerts]) => alerts.length > 0)
        .map(([name, alerts]) => ({ name, rules: alerts.map((each) => alert({ ...each, runbooks })) })),
    },
  });
}

const podAlerts: readonly Alert[] = [
  {
    name: "PodRestarting",
    expression: `sum by (namespace, pod) (increase(${of("kube_pod_container_status_restarts_total")}[1h])) > 3`,
    for: "5m",
    severity: "ticket",
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} restarted {{ $value | humanize }} times in an hour",
  },
  {
    name: "PodCrashLooping",
    expression: `max by (namespace, pod) (${of("kube_pod_container_status_waiting_reason", { reason: "CrashLoopBackOff" })}) > 0`,
    for: "10m",
    severity: "page",
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} crashes as soon as it starts",
  },
  {
    name: "PodUnschedulable",
    expression: `max by (namespace, pod) (${of("kube_pod_status_unschedulable")}) > 0`,
    for: "15m",
    severity: "page",
    summary:
      "{{ $labels.namespace }}/{{ $labels.pod }} finds no node: the pool is at its most, or the cluster autoscaler fails",
  },
  {
    name: "AutoscalerAtMost",
    expression: `max by (namespace, horizontalpodautoscaler) (${of("kube_horizontalpodautoscaler_status_condition", { condition: "ScalingLimited", status: "true" })}) > 0`,
    for: "30m",
    severity: "ticket",
    summary: "{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} wants replicas beyond its bounds",
  },
  {
    name: "AutoscalerBlind",
    expression: `max by (namespace, horizontalpodautoscaler) (${of("kube_horizontalpodautoscaler_status_condition", { condition: "ScalingActive", status: "false" })}) > 0`,
    for: "10m",
    severity: "page",
    summary: "{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} cannot read what it scales by",
  },
  {
    name: "ScalerFailing",
    expression: `sum by (namespace, scaledObject) (rate(${of("keda_scaler_detail_errors_total")}[10m])) > 0`,
    for: "10m",
    severity: "ticket",
    summary: "KEDA cannot read the metric of {{ $labels.namespace }}/{{ $labels.scaledObject }}",
  },
];

/** Each replica exports the same number, so the largest is taken. */
function queueAlerts({ services }: Context): Alert[] {
  return services
    .flatMap(queueGauges)
    .map(({ metric, matching }) => ({
      name: "QueueDeep",
      expression: `max(${series(metric, equals(matching))}) > ${DEEP_QUEUE}`,
      for: "10m",
      severity: "ticket" as const,
      summary: `${Object.values(matching).join(", ")}: {{ $value | humanize }} wait`,
      labels: { ...matching },
    }));
}

const nodeAlerts: readonly Alert[] = [
  {
    name: "NodeNotReady",
    expression: `max by (node) (${of("kube_node_status_condition", { condition: "Ready", status: "true" })}) == 0`,
    for: "5m",
    severity: "page",
    summary: "Node {{ $labels.node }} has not been ready for five minutes",
  },
  {
    name: "VolumeAlmostFull",
    expression: `max by (namespace, persistentvolumeclaim) (${of("kubelet_volume_stats_used_bytes")} / ${of("kubelet_volume_stats_capacity_bytes")}) > 0.9`,
    for: "5m",
    severity: "page",
    summary: "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is {{ $value | humanizePercentage }} full",
  },
];

function dataAlerts({ environment, services, cloud }: Context): Alert[] {
  const connections = metricNamed(services, "promptops_database_connections");
  const most = postgresConnectionsOf(environment);
  return [
    ...connections.map((metric): Alert => ({
      name: "DatabaseConnectionsHigh",
      expression: `sum(${series(metric, equals({ namespace: namespaces.application }))}) / ${most} > 0.8`,
      for: "5m",
      severity: "page",
      summary: `{{ $value | humanizePercentage }} of Postgres' ${most} connections are held`,
    })),
    ...(cloud.backups
      ? [
          {
            name: "BackupMissing",
            expression: `time() - max by (schedule) (${of("velero_backup_last_successful_timestamp", { schedule: "hourly" })}) > ${3 * 3600}`,
            severity: "page" as const,
            summary: "No hourly backup has succeeded for three hours",
          },
        ]
      : []),
  ];
}

const deliveryAlerts: readonly Alert[] = [
  {
    name: "CertificateExpiring",
    expression: `min by (namespace, name) (${of("certmanager_certificate_expiration_timestamp_seconds")}) - time() < ${7 * SECONDS_A_DAY}`,
    for: "1h",
    severity: "page",
    summary: "Certificate {{ $labels.namespace }}/{{ $labels.name }} ends in {{ $value | humanizeDuration }}",
  },
  {
    name: "DeploymentStuck",
    expression: `max by (namespace, deployment) (${of("kube_deployment_status_condition", { condition: "Progressing", status: "false" })}) > 0`,
    for: "5m",
    severity: "page",
    summary: "{{ $labels.namespace }}/{{ $labels.deployment }} does not get its new version running",
  },
  {
    name: "RolloutAborted",
    expression: `max by (namespace, name) (${of("rollout_info", { phase: "Degraded" })}) > 0`,
    severity: "page",
    summary: "{{ $labels.namespace }}/{{ $labels.name }}: the new version broke its promises and was taken back",
  },
  {
    name: "RolloutInconclusive",
    expression: `max by (namespace, name) (${of("rollout_info", { phase: "Paused" })}) > 0`,
    for: "1h",
    severity: "ticket",
    summary:
      "{{ $labels.namespace }}/{{ $labels.name }} waits for a person: too little traffic to judge the new version",
  },
  {
    name: "PreparationFailed",
    expression: `max by (namespace, job_name) (${of("kube_job_status_failed", { namespace: namespaces.application })}) > 0`,
    severity: "page",
    summary: "Job {{ $labels.namespace }}/{{ $labels.job_name }} failed: the release it prepares waits",
  },
];
