import type { Metric } from "../metrics.ts";

/** A metric of third-party software that our queries may read. */
export interface ForeignMetric extends Metric {
  readonly exporter: string;
  readonly version: string;
  /** The line that names it, in the source of that version. */
  readonly source: string;
  /** Each series is 0 or 1. */
  readonly isFlag: boolean;
}

/** Labels that Prometheus gives to everything that a ServiceMonitor or PodMonitor has it read. */
export const targetLabels: readonly string[] = [
  "namespace",
  "job",
  "pod",
  "container",
  "service",
  "endpoint",
  "instance",
];

interface Exporter {
  readonly exporter: string;
  readonly version: string;
  /** The source tree at that version. */
  readonly tree: string;
}

type Row = readonly [name: string, labels: readonly string[], at: string, flag?: "flag"];

function metricsOf({ exporter, version, tree }: Exporter, rows: readonly Row[]): ForeignMetric[] {
  return rows.map(([name, labels, at, flag]) => ({
    name,
    type: name.endsWith("_total") ? "counter" : "gauge",
    help: "",
    labels,
    exporter,
    version,
    source: `${tree}/${at}`,
    isFlag: flag !== undefined,
  }));
}

const blob = (repository: string, tag: string): string => `https://github.com/${repository}/blob/${tag}`;
const kubernetes = blob("kubernetes/kubernetes", "v1.35.4");

/** vLLM 0.33.0; each replica counts its own requests. */
export const VLLM_VERSION = "0.33.0";

/** Messages of a queue that wait, or were delivered and not acknowledged. It has labels where metrics are returned per object. */
export const queueMessages: ForeignMetric = {
  name: "rabbitmq_queue_messages",
  type: "gauge",
  help: "",
  labels: ["vhost", "queue"],
  exporter: "rabbitmq",
  version: "4.3.4",
  source: `${blob("rabbitmq/rabbitmq-server", "v4.3.4")}/deps/rabbitmq_prometheus/src/collectors/prometheus_rabbitmq_core_metrics_collector.erl#L125`,
  isFlag: false,
};

/** Names, labels and lines read in the sources of these versions, 2026-11-22. */
export const foreignMetrics: readonly ForeignMetric[] = [
  ...metricsOf({ exporter: "vllm", version: VLLM_VERSION, tree: blob("vllm-project/vllm", `v${VLLM_VERSION}`) }, [
    ["vllm:num_requests_running", ["model_name", "engine"], "vllm/v1/metrics/loggers.py#L528"],
    ["vllm:num_requests_waiting", ["model_name", "engine"], "vllm/v1/metrics/loggers.py#L538"],
  ]),
  ...metricsOf(
    {
      exporter: "kube-state-metrics",
      version: "2.20.0",
      tree: `${blob("kubernetes/kube-state-metrics", "v2.20.0")}/internal/store`,
    },
    [
      ["kube_pod_container_status_restarts_total", ["namespace", "pod", "uid", "container"], "pod.go#L441"],
      [
        "kube_pod_container_status_waiting_reason",
        ["namespace", "pod", "uid", "container", "reason"],
        "pod.go#L566",
        "flag",
      ],
      ["kube_pod_status_unschedulable", ["namespace", "pod", "uid"], "pod.go#L1842", "flag"],
      ["kube_deployment_status_replicas_available", ["namespace", "deployment"], "deployment.go#L153"],
      ["kube_node_status_condition", ["node", "condition", "status"], "node.go#L509", "flag"],
      [
        "kube_deployment_status_condition",
        ["namespace", "deployment", "reason", "condition", "status"],
        "deployment.go#L237",
        "flag",
      ],
      [
        "kube_horizontalpodautoscaler_status_condition",
        ["namespace", "horizontalpodautoscaler", "condition", "status"],
        "horizontalpodautoscaler.go#L423",
        "flag",
      ],
      ["kube_job_status_failed", ["namespace", "job_name", "reason"], "job.go#L205"],
      ["kube_pod_status_ready", ["namespace", "pod", "uid", "condition"], "pod.go#L1672", "flag"],
    ],
  ),
  ...metricsOf({ exporter: "prometheus", version: "3.10.0", tree: blob("prometheus/prometheus", "v3.10.0") }, [
    ["up", [], "scrape/scrape.go#L2020"],
  ]),
  ...metricsOf({ exporter: "prometheus", version: "3.14.0", tree: blob("prometheus/prometheus", "v3.14.0") }, [
    ["prometheus_config_last_reload_successful", [], "cmd/prometheus/main.go#L135", "flag"],
    ["prometheus_rule_evaluation_failures_total", ["rule_group"], "rules/group.go#L993"],
  ]),
  ...metricsOf(
    {
      exporter: "prometheus-operator",
      version: "0.93.1",
      tree: blob("prometheus-operator/prometheus-operator", "v0.93.1"),
    },
    [["prometheus_operator_managed_resources", ["controller", "resource", "state"], "pkg/operator/operator.go#L54"]],
  ),
  ...metricsOf({ exporter: "alertmanager", version: "0.34.0", tree: blob("prometheus/alertmanager", "v0.34.0") }, [
    ["alertmanager_config_last_reload_successful", [], "config/coordinator.go#L63", "flag"],
    ["alertmanager_notifications_failed_total", ["integration", "reason"], "notify/metrics.go#L50"],
  ]),
  ...metricsOf({ exporter: "node-exporter", version: "1.12.1", tree: blob("prometheus/node_exporter", "v1.12.1") }, [
    // The monitor adds the node.
    ...(["avail", "size"] as const).map((part): Row => [
      `node_filesystem_${part}_bytes`,
      ["device", "mountpoint", "fstype", "device_error", "node"],
      `collector/filesystem_common.go#L${part === "size" ? 103 : 115}`,
    ]),
  ]),
  ...metricsOf({ exporter: "kubelet", version: "1.35.4", tree: kubernetes }, [
    ["kubelet_node_name", ["node"], "pkg/kubelet/metrics/metrics.go#L223", "flag"],
    [
      "kubelet_volume_stats_used_bytes",
      ["namespace", "persistentvolumeclaim"],
      "pkg/kubelet/metrics/collectors/volume_stats.go#L42",
    ],
    [
      "kubelet_volume_stats_capacity_bytes",
      ["namespace", "persistentvolumeclaim"],
      "pkg/kubelet/metrics/collectors/volume_stats.go#L30",
    ],
  ]),
  ...metricsOf({ exporter: "cert-manager", version: "1.21.2", tree: blob("cert-manager/cert-manager", "v1.21.2") }, [
    [
      "certmanager_certificate_expiration_timestamp_seconds",
      ["name", "namespace", "issuer_name", "issuer_kind", "issuer_group"],
      "internal/collectors/certificate_collector.go#L33",
    ],
  ]),
  ...metricsOf({ exporter: "external-dns", version: "0.21.0", tree: blob("kubernetes-sigs/external-dns", "v0.21.0") }, [
    ["external_dns_controller_last_sync_timestamp_seconds", [], "controller/metrics.go#L55"],
  ]),
  ...metricsOf(
    { exporter: "external-secrets", version: "2.9.0", tree: blob("external-secrets/external-secrets", "v2.9.0") },
    [
      [
        "externalsecret_status_condition",
        ["namespace", "name", "condition", "status"],
        "pkg/controllers/externalsecret/esmetrics/esmetrics.go#L64",
        "flag",
      ],
    ],
  ),
  ...metricsOf(
    {
      exporter: "aws-load-balancer-controller",
      version: "3.5.0",
      tree: blob("kubernetes-sigs/aws-load-balancer-controller", "v3.5.0"),
    },
    [
      [
        "awslbc_controller_reconcile_errors_total",
        ["controller", "error_category"],
        "pkg/metrics/lbc/instruments.go#L61",
      ],
    ],
  ),
  ...metricsOf(
    {
      exporter: "cluster-autoscaler",
      version: "1.35.2",
      tree: blob("kubernetes/autoscaler", "cluster-autoscaler-1.35.2/cluster-autoscaler"),
    },
    [
      ["cluster_autoscaler_last_activity", ["activity"], "metrics/metrics.go#L291"],
      ["cluster_autoscaler_failed_scale_ups_total", ["reason"], "metrics/metrics.go#L350"],
    ],
  ),
  ...metricsOf({ exporter: "istiod", version: "1.31.1", tree: blob("istio/istio", "1.31.1") }, [
    ["pilot_total_xds_rejects", ["type"], "pkg/xds/monitoring.go#L68"],
  ]),
  ...metricsOf({ exporter: "velero", version: "1.18.3", tree: blob("vmware-tanzu/velero", "v1.18.3") }, [
    ["velero_backup_last_successful_timestamp", ["schedule"], "pkg/metrics/metrics.go#L117"],
  ]),
  ...metricsOf({ exporter: "keda-operator", version: "2.20.2", tree: blob("kedacore/keda", "v2.20.2") }, [
    [
      "keda_scaler_detail_errors_total",
      ["namespace", "metric", "scaledObject", "scaler", "triggerIndex", "type"],
      "pkg/metricscollector/prommetrics.go#L85",
    ],
  ]),
  queueMessages,
  ...metricsOf({ exporter: "argo-rollouts", version: "1.10.1", tree: blob("argoproj/argo-rollouts", "v1.10.1") }, [
    [
      "rollout_info",
      ["namespace", "name", "strategy", "traffic_router", "phase"],
      "controller/metrics/prommetrics.go#L35",
      "flag",
    ],
  ]),
];
