import { queueMessages } from "../../platform/catalogue/metrics.ts";
import { postgresConnectionsOf } from "../../platform/database.ts";
import { hostedModels } from "../../platform/inference.ts";
import { podsOf, providerOf } from "../../platform/installed-addons.ts";
import { namespaces, runbooksUrl } from "../../platform/names.ts";
import { messageQueues, metricNamed, queueGauges } from "../../platform/service.ts";
import { type Alert, AlertRules } from "../constructs/alert-rules.ts";
import { equals, foreignSeries, series } from "../constructs/promql.ts";
import type { Context } from "../context.ts";
import { gaugeLabels } from "./gauge-labels.ts";

/** Waiting executions that alert, once the autoscaler has had ten minutes to react. */
const DEEP_QUEUE = 100;
/** Seconds that a usage event may be in the outbox: it is there for one while all is well. */
const MAX_OUTBOX_AGE = 300;
/** Seconds that events of an ended execution may wait for their compaction: they wait for one while all is well. */
const MAX_COMPACTION_DELAY = 900;
/** Seconds that an execution may wait to be archived: minutes while all is well, and many may have ended on one day. */
const MAX_ARCHIVE_DELAY = 86_400;
/** Seconds that an output of an experiment may wait for its scores: it waits for one while all is well. */
const MAX_EVALUATION_DELAY = 600;

/** Seconds that a webhook may be due before it is first attempted: it waits for less than one while all is well. */
const MAX_WEBHOOK_DELAY = 300;

/** Alerts other than those of the services' SLOs and of add-ons. */
export function addAlerts(context: Context): void {
  new AlertRules(context.layers.alerts, "platform", {
    name: "platform",
    runbooks: runbooksUrl(context.environment),
    groups: {
      pods: podAlerts,
      queues: queueAlerts(context),
      events: eventAlerts(context),
      archive: archiveAlerts(context),
      evaluations: evaluationAlerts(context),
      usage: usageAlerts(context),
      webhooks: webhookAlerts(context),
      models: modelAlerts(context),
      nodes: nodeAlerts,
      data: dataAlerts(context),
      delivery: deliveryAlerts,
      silence: silenceAlerts(context),
    },
  });
}

const podAlerts: readonly Alert[] = [
  {
    name: "PodRestarting",
    expression: `sum by (namespace, pod) (increase(${foreignSeries("kube_pod_container_status_restarts_total")}[1h])) > 3`,
    for: "5m",
    severity: "ticket",
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} restarted {{ $value | humanize }} times in an hour",
  },
  {
    name: "PodCrashLooping",
    expression: `max by (namespace, pod) (${foreignSeries("kube_pod_container_status_waiting_reason", { reason: "CrashLoopBackOff" })}) > 0`,
    for: "10m",
    severity: "page",
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} is crash-looping",
  },
  {
    name: "PodUnschedulable",
    expression: `max by (namespace, pod) (${foreignSeries("kube_pod_status_unschedulable")}) > 0`,
    for: "15m",
    severity: "page",
    summary:
      "{{ $labels.namespace }}/{{ $labels.pod }} is unschedulable: the pool is at its maximum, or the cluster autoscaler fails",
  },
  {
    name: "AutoscalerAtMaximum",
    expression: `max by (namespace, horizontalpodautoscaler) (${foreignSeries("kube_horizontalpodautoscaler_status_condition", { condition: "ScalingLimited", status: "true" })}) > 0`,
    for: "30m",
    severity: "ticket",
    summary: "{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} is limited by its maximum replicas",
  },
  {
    name: "AutoscalerBlind",
    expression: `max by (namespace, horizontalpodautoscaler) (${foreignSeries("kube_horizontalpodautoscaler_status_condition", { condition: "ScalingActive", status: "false" })}) > 0`,
    for: "10m",
    severity: "page",
    summary: "{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} cannot read its metric",
  },
];

/** Every replica exports the same number, so the query takes the largest. */
function queueAlerts({ services, addons }: Context): Alert[] {
  const gauges = services
    .flatMap((service) => queueGauges(service).map((gauge) => ({ gauge, labels: gaugeLabels(service, gauge) })))
    .map(({ gauge: { metric, matching }, labels }) => ({ read: series(metric, equals(labels)), matching }));
  const queues = providerOf(addons, "messages") ? services.flatMap(messageQueues) : [];
  const messages = queues.map((queue) => ({
    read: series(queueMessages, equals({ namespace: namespaces.data, queue })),
    matching: { queue },
  }));
  return [...gauges, ...messages].map(({ read, matching }) => ({
    name: "QueueDeep",
    expression: `max(${read}) > ${DEEP_QUEUE}`,
    for: "10m",
    severity: "ticket" as const,
    summary: `${Object.values(matching).join(", ")}: {{ $value | humanize }} wait`,
    labels: { ...matching },
  }));
}

type GaugeAlert = Omit<Alert, "expression" | "severity"> & { readonly above: number };

/** A ticket while a gauge is above a number. Every replica exports the same number, so the query takes the largest. */
const ticketOn = ({ services }: Context, metric: string, { above, ...alert }: GaugeAlert): Alert[] =>
  metricNamed(services, metric).map((found) => ({
    ...alert,
    severity: "ticket",
    expression: `max(${series(found, equals({ namespace: namespaces.application }))}) > ${above}`,
  }));

/** Clients read the same events either way, so that nobody is woken. */
const eventAlerts = (context: Context): Alert[] =>
  ticketOn(context, "promptops_compaction_delay_seconds", {
    name: "EventsNotCompacted",
    above: MAX_COMPACTION_DELAY,
    for: "5m",
    summary: "Events have not been compacted for {{ $value | humanizeDuration }}: the database grows faster",
  });

/** They are read as before, so that nobody is woken. */
const archiveAlerts = (context: Context): Alert[] =>
  ticketOn(context, "promptops_archive_delay_seconds", {
    name: "ExecutionsNotArchived",
    above: MAX_ARCHIVE_DELAY,
    for: "5m",
    summary: "Executions that ended long ago have not been archived for {{ $value | humanizeDuration }}",
  });

/** An experiment waits, and no client's request does, so that nobody is woken. */
const evaluationAlerts = (context: Context): Alert[] =>
  ticketOn(context, "promptops_evaluation_delay_seconds", {
    name: "EvaluationsDelayed",
    above: MAX_EVALUATION_DELAY,
    for: "5m",
    summary: "Outputs of experiments have not been scored for {{ $value | humanizeDuration }}",
  });

/** What is used is billed from elsewhere, so that nobody is woken. */
const usageAlerts = (context: Context): Alert[] => [
  ...ticketOn(context, "promptops_usage_outbox_age_seconds", {
    name: "UsageEventsDelayed",
    above: MAX_OUTBOX_AGE,
    for: "5m",
    summary: "Usage events have been in the outbox for {{ $value | humanizeDuration }}: reports are behind",
  }),
  ...ticketOn(context, "promptops_usage_dead_letters", {
    name: "UsageEventsRefused",
    above: 0,
    for: "5m",
    summary: "{{ $value | humanize }} usage events are dead letters, and counted in no report",
  }),
];

/** What waits is sent later, so that nobody is woken. */
const webhookAlerts = (context: Context): Alert[] =>
  ticketOn(context, "promptops_webhook_delay_seconds", {
    name: "WebhooksDelayed",
    above: MAX_WEBHOOK_DELAY,
    for: "5m",
    summary: "A webhook has been due for {{ $value | humanizeDuration }}, and nobody has attempted it",
  });

/** Each worker judges endpoints by its own calls, so the query takes the share of those that find one failing. */
function modelAlerts({ services }: Context): Alert[] {
  return metricNamed(services, "promptops_model_circuit_open").map((metric) => ({
    name: "ModelFailing",
    expression: `avg by (model) (${series(metric, equals({ namespace: namespaces.application }))}) > 0.5`,
    for: "5m",
    severity: "page" as const,
    summary: "Model {{ $labels.model }} fails: executions wait, or go to its fallbacks",
  }));
}

const nodeAlerts: readonly Alert[] = [
  {
    name: "NodeNotReady",
    expression: `max by (node) (${foreignSeries("kube_node_status_condition", { condition: "Ready", status: "true" })}) == 0`,
    for: "5m",
    severity: "page",
    summary: "Node {{ $labels.node }} has not been ready for five minutes",
  },
  {
    name: "VolumeAlmostFull",
    expression: `max by (namespace, persistentvolumeclaim) (${foreignSeries("kubelet_volume_stats_used_bytes")} / ${foreignSeries("kubelet_volume_stats_capacity_bytes")}) > 0.9`,
    for: "5m",
    severity: "page",
    summary: "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is {{ $value | humanizePercentage }} full",
  },
];

function dataAlerts({ environment, services }: Context): Alert[] {
  const connections = metricNamed(services, "promptops_database_connections");
  const most = postgresConnectionsOf(environment);
  return connections.map((metric) => ({
    name: "DatabaseConnectionsHigh",
    expression: `sum(${series(metric, equals({ namespace: namespaces.application }))}) / ${most} > 0.8`,
    for: "5m",
    severity: "page",
    summary: `{{ $value | humanizePercentage }} of Postgres' ${most} connections are in use`,
  }));
}

const deliveryAlerts: readonly Alert[] = [
  {
    name: "DeploymentStuck",
    expression: `max by (namespace, deployment) (${foreignSeries("kube_deployment_status_condition", { condition: "Progressing", status: "false" })}) > 0`,
    for: "5m",
    severity: "page",
    summary: "{{ $labels.namespace }}/{{ $labels.deployment }} does not become ready in its new version",
  },

  {
    name: "DeployJobFailed",
    expression: `max by (namespace, job_name) (${foreignSeries("kube_job_status_failed", { namespace: namespaces.application })}) > 0`,
    severity: "page",
    summary: "Job {{ $labels.namespace }}/{{ $labels.job_name }} failed, and blocks the release",
  },
];

/** A target that is gone has no series, and what reads none of them raises nothing. */
function silenceAlerts({ environment, services, workloads, addons, installed }: Context): Alert[] {
  const scraped = installed.flatMap(({ addon }) => (addon.scraped ?? []).map(({ group }) => podsOf(addon, group)));
  const jobs = [
    ...services.map(({ name }) => ({ namespace: namespaces.application, job: name })),
    ...hostedModels(environment, addons).map(({ name }) => ({ namespace: namespaces.inference, job: name })),
    ...workloads
      .filter(({ metricsPort }) => metricsPort !== undefined)
      .map(({ namespace, name }) => ({ namespace, job: name })),
    ...scraped.map(({ namespace, name }) => ({ namespace, job: `${namespace}/${name}` })),
  ];
  const silent = (job: Readonly<Record<string, string>>): Alert => ({
    name: "JobSilent",
    expression: `absent(${foreignSeries("up", job)} == 1)`,
    for: "5m",
    severity: "page",
    summary: "Prometheus has reached no pod of {{ $labels.job }} for five minutes",
    labels: { ...job },
  });
  const gateway: Alert = {
    name: "GatewayDown",
    expression: `absent(${foreignSeries("kube_deployment_status_replicas_available", { namespace: namespaces.gateway })} > 0)`,
    for: "5m",
    severity: "page",
    summary: "No pod of the gateway is available: no request reaches a service",
  };
  return [
    ...jobs.map(silent),
    ...(providerOf(addons, "gateway") ? [gateway] : []),
    {
      name: "MetricsMissing",
      expression: `absent(${foreignSeries("kube_node_status_condition", { condition: "Ready", status: "true" })})`,
      for: "10m",
      severity: "page",
      summary: "kube-state-metrics reports no node: most alerts on pods, nodes and releases cannot fire",
      labels: { exporter: "kube-state-metrics" },
    },
  ];
}
