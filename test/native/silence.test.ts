import { describe, expect, test } from "vitest";
import { api, bad, type Case, good, outcome } from "./rules.ts";

const up = (job: string, namespace = "application"): string => `up{namespace="${namespace}",job="${job}",pod="a"}`;
const allUp: Readonly<Record<string, string>> = Object.fromEntries(
  [
    up("api"),
    up("analytics"),
    up("notifications"),
    up("worker"),
    up("evaluator"),
    up("egress-proxy"),
    up("qwen2-5-7b-instruct", "inference"),
    up("data/rabbitmq", "data"),
    up("data/valkey", "data"),
    up("rabbitmq-system/rabbitmq-cluster-operator", "rabbitmq-system"),
    up("velero/velero", "velero"),
    up("external-dns/external-dns", "external-dns"),
    up("external-secrets/external-secrets", "external-secrets"),
    up("keda/keda-operator", "keda"),
    up("argo-rollouts/argo-rollouts", "argo-rollouts"),
    up("aws-load-balancer-controller/aws-load-balancer-controller", "aws-load-balancer-controller"),
    up("cluster-autoscaler/cluster-autoscaler", "cluster-autoscaler"),
    up("istio-system/istiod", "istio-system"),
    ...["controller", "webhook", "cainjector"].map((name) => up(`cert-manager/${name}`, "cert-manager")),
  ].map((name) => [name, "1x400"]),
);
const silent = (job: string): Record<string, string> => ({ namespace: "application", job, severity: "page" });
const nodes = (...values: string[]): Record<string, string> =>
  Object.fromEntries(
    values.map((each, at) => [`up{namespace="data",job="data/rabbitmq",pod="rabbitmq-server-${at}"}`, each]),
  );

describe("when something goes silent, with promtool's own engine", () => {
  test.each<[string, Case]>([
    [
      "no backup that ever succeeded",
      {
        series: { [up("api")]: "1x400" },
        at: "200m",
        alert: "BackupMissing",
        fires: [{ schedule: "hourly", severity: "page" }],
      },
    ],
    ["targets that answer", { series: allUp, at: "20m", alert: "JobSilent", fires: [] }],
    [
      "targets that are all down",
      { series: { ...allUp, [up("api")]: "0x40" }, at: "20m", alert: "JobSilent", fires: [silent("api")] },
    ],
    [
      "one target of two that is down",
      {
        series: { ...allUp, 'up{namespace="application",job="api",pod="b"}': "0x40" },
        at: "20m",
        alert: "JobSilent",
        fires: [],
      },
    ],
    [
      "targets that are gone",
      {
        series: Object.fromEntries(Object.entries(allUp).filter(([name]) => name !== up("worker"))),
        at: "20m",
        alert: "JobSilent",
        fires: [silent("worker")],
      },
    ],
    ...(["0x40", undefined] as const).map((values): [string, Case] => [
      `a gateway ${values ? "without available pods" : "that is gone"}`,
      {
        series: values
          ? { 'kube_deployment_status_replicas_available{namespace="gateway",deployment="g"}': values }
          : allUp,
        at: "20m",
        alert: "GatewayDown",
        fires: [{ severity: "page" }],
      },
    ]),
    [
      "a gateway with one available pod",
      {
        series: { 'kube_deployment_status_replicas_available{namespace="gateway",deployment="g"}': "1x40" },
        at: "20m",
        alert: "GatewayDown",
        fires: [],
      },
    ],
    [
      "a quorum of the queue's nodes",
      { series: nodes("1x40", "1x40", "0x40"), at: "20m", alert: "QueueQuorumLost", fires: [] },
    ],
    [
      "one of the queue's nodes alone",
      { series: nodes("1x40", "0x40", "0x40"), at: "20m", alert: "QueueQuorumLost", fires: [{ severity: "page" }] },
    ],
    [
      "exporters that report nothing",
      {
        series: allUp,
        at: "30m",
        alert: "MetricsMissing",
        fires: [
          { exporter: "alertmanager", severity: "page" },
          { exporter: "argo-rollouts", severity: "ticket" },
          { exporter: "kubelet", severity: "page" },
          { exporter: "kube-state-metrics", condition: "Ready", status: "true", severity: "page" },
          { exporter: "node-exporter", severity: "ticket" },
          { exporter: "prometheus-operator", severity: "page" },
        ],
      },
    ],
    [
      "more than one percent of errors for ten minutes",
      {
        series: { [good]: "0+588x90", [bad]: "0+12x90" },
        at: "12m",
        alert: "ErrorRateHigh",
        fires: [{ service: "api", objective: "availability", severity: "page" }],
      },
    ],
    [
      "half a percent of errors",
      { series: { [good]: "0+597x90", [bad]: "0+3x90" }, at: "60m", alert: "ErrorRateHigh", fires: [] },
    ],
    ...(
      [
        [97, true],
        [995, false],
      ] as const
    ).map(([fast, fires]): [string, Case] => [
      `${fast} of ${fires ? 100 : 1000} requests within two seconds`,
      {
        series: {
          [`http_request_duration_seconds_bucket${api('le="1"')}`]: `0+${fast}x90`,
          [`http_request_duration_seconds_bucket${api('le="5"')}`]: `0+${fires ? 100 : 1000}x90`,
          [`http_request_duration_seconds_bucket${api('le="+Inf"')}`]: `0+${fires ? 100 : 1000}x90`,
        },
        at: "12m",
        alert: "LatencyHigh",
        fires: fires ? [{ service: "api", objective: "latency-500ms", severity: "ticket" }] : [],
      },
    ]),
  ])("%s", async (_, each) => {
    expect(await outcome(each)).toMatch(/SUCCESS\s*$/);
  });
});
