import { describe, expect, test } from "vitest";
import type { Connection } from "../../platform/connections.ts";
import type { KubernetesObject } from "../../plan/model/kubernetes.ts";
import { dialsOf } from "../../proofs/evaluation/dials.ts";
import { requireConnectivity } from "../../proofs/require-connectivity.ts";
import { damageObject, planOf, remodel, withObject } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: typeof plan): readonly string[] => requireConnectivity.examine(each).failures;

describe("a connection that an object names and no descriptor declares is noticed:", () => {
  const PROMETHEUS = "http://kube-prometheus-stack-prometheus.observability.svc.cluster.local:9090";
  const without = (isIn: (connection: Connection) => boolean): typeof plan => ({
    ...plan,
    expected: { ...plan.expected, connections: plan.expected.connections.filter((each) => !isIn(each)) },
    // Policies follow from the same list: without the connection, both ends are shut.
    objects: plan.objects.filter(
      ({ manifest: { kind, metadata } }) => kind !== "NetworkPolicy" || metadata.name === "deny-all",
    ),
  });
  const isTo =
    (name: string, port: number) =>
    ({ to, port: number }: Connection): boolean =>
      to.kind === "pods" && to.name === name && number === port;

  test.each<[what: string, (connection: Connection) => boolean, RegExp]>([
    [
      "a query of Prometheus by an autoscaler",
      isTo("prometheus", 9090),
      /^ScaledObject application\/worker names http:.* and keda\/keda-operator must connect to observability\/prometheus on port 9090/,
    ],
    [
      "a query of Prometheus by an analysis",
      isTo("prometheus", 9090),
      /^AnalysisTemplate application\/api .* argo-rollouts\/argo-rollouts must connect to observability\/prometheus/,
    ],
    [
      "a model's endpoint",
      isTo("qwen2-5-7b-instruct", 8000),
      /^Deployment application\/worker names http:.* must connect to inference\/qwen2-5-7b-instruct on port 8000/,
    ],
    [
      "the egress proxy of a program that keeps objects",
      isTo("egress-proxy", 3128),
      /^Rollout application\/api names http:.* must connect to application\/egress-proxy on port 3128/,
    ],
    [
      "a webhook",
      isTo("rabbitmq-cluster-operator", 9443),
      /names a webhook and control plane must connect to rabbitmq-system\/rabbitmq-cluster-operator on port 9443/,
    ],
    [
      "scraping of a Service's pods",
      isTo("worker", 9081),
      /^ServiceMonitor application\/worker .* observability\/prometheus must connect to application\/worker on port 9081/,
    ],
    [
      "scraping of pods by name of their port",
      isTo("rabbitmq", 15_692),
      /^PodMonitor data\/rabbitmq .* must connect to data\/rabbitmq on port 15692/,
    ],
    [
      "a route",
      isTo("api", 8080),
      /^HTTPRoute application\/api .* gateway\/gateway must connect to application\/api on port 8080/,
    ],
    [
      "a location of backups",
      ({ from }) => from.kind === "pods" && from.name === "velero",
      /^BackupStorageLocation velero\/default names https:\/\/s3\.eu-central-1\.amazonaws\.com and velero\/velero must connect to internet on port 443/,
    ],
    [
      "the Kubernetes API, for a pod with a role",
      ({ to }) => to.kind === "control plane",
      /^Deployment rabbitmq-system\/rabbitmq-cluster-operator may use the Kubernetes API and .* must connect to control plane on port 443/,
    ],
  ])("%s", (_, isIn, failure) => {
    expect(failuresOf(without(isIn))).toContainEqual(expect.stringMatching(failure));
  });

  test.each<[what: string, kind: string, name: string, from: string, to: string, RegExp]>([
    [
      "a host that nothing has",
      "ScaledObject",
      "worker",
      PROMETHEUS,
      "http://prometheus.monitoring.svc:9090",
      /^ScaledObject application\/worker names http:\/\/prometheus\.monitoring\.svc:9090 and nothing in the cluster answers there/,
    ],
    [
      "a port that nobody opens",
      "AnalysisTemplate",
      "api",
      PROMETHEUS,
      PROMETHEUS.replace("9090", "80"),
      /^AnalysisTemplate application\/api .*:80 and nothing in the cluster answers there/,
    ],
    [
      "a Service that is not there",
      "Deployment",
      "worker",
      "qwen2-5-7b-instruct.inference",
      "qwen.inference",
      /^Deployment application\/worker names http:\/\/qwen\.inference\..* nothing in the cluster answers there/,
    ],
    [
      "a private address",
      "Deployment",
      "worker",
      "qwen2-5-7b-instruct.inference.svc.cluster.local",
      "10.9.8.7",
      /must connect to 10\.9\.8\.7 on port 8000, but no descriptor says so/,
    ],
    [
      "another port of the internet",
      "BackupStorageLocation",
      "default",
      '"region":"eu-central-1"',
      '"region":"x","s3Url":"https://s3.example.com:9000"',
      /velero\/velero must connect to internet on port 9000/,
    ],
    [
      "pods that nobody declared",
      "ScaledObject",
      "worker",
      PROMETHEUS,
      "http://worker.application.svc:9081",
      /keda\/keda-operator must connect to application\/worker on port 9081/,
    ],
  ])("%s", (_, kind, name, ...[from, to, failure]) => {
    const objects = plan.objects.map((each) =>
      each.manifest.kind === kind && each.manifest.metadata.name === name
        ? { ...each, manifest: JSON.parse(JSON.stringify(each.manifest).replaceAll(from, to)) as KubernetesObject }
        : each,
    );
    expect(failuresOf(remodel(plan, { objects }))).toContainEqual(expect.stringMatching(failure));
  });

  test("a data source of Grafana is read from its ConfigMap", () => {
    const source = (url: string): readonly string[] =>
      failuresOf(
        withObject(plan, {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "loki", namespace: "observability", labels: { grafana_datasource: "1" } },
          data: { "loki.yaml": `datasources: [{ name: Loki, type: loki, url: ${url} }]` },
        } as KubernetesObject),
      );
    expect(source(PROMETHEUS)).toEqual([]);
    expect(source("http://api.application.svc:8080")).toEqual([
      "ConfigMap observability/loki names http://api.application.svc:8080 and observability/kube-prometheus-stack-grafana must connect to application/api on port 8080, but no descriptor says so, and a policy denies it. Declare the connection.",
    ]);
  });

  test("an address in what a record leaves out is followed", () => {
    const addons = plan.addons.map((addon) => ({
      ...addon,
      objects: addon.objects.map((object) =>
        object.metadata.name === "valkey-init-scripts" ? { ...object, addresses: ["valkey-old:6379"] } : object,
      ),
    }));
    expect(failuresOf(remodel(plan, { addons }))).toContain(
      "StatefulSet data/valkey names tcp://valkey-old.data.svc:6379 and nothing in the cluster answers there. Correct the host or the port.",
    );
  });

  test("the collector that traces go to is one of a program's connections", () => {
    const traced = damageObject(plan, "Rollout", "api", ({ spec }) => {
      spec.template.spec.containers[0].env.push({ name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "http://10.1.2.3:4318" });
    });
    expect(failuresOf(traced)).toEqual([
      "Rollout application/api names http://10.1.2.3:4318 and application/api must connect to 10.1.2.3 on port 4318, but no descriptor says so, and a policy denies it. Declare the connection.",
    ]);
  });

  test("a new role makes its pods callers of the Kubernetes API", () => {
    const account = damageObject(
      plan,
      "Deployment",
      "worker",
      ({ spec }) => (spec.template.spec.automountServiceAccountToken = true),
    );
    const bound = withObject(account, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "worker", namespace: "application" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "ServiceAccount", name: "worker" }],
    } as KubernetesObject);
    expect(failuresOf(bound)).toEqual([
      "Deployment application/worker may use the Kubernetes API and application/worker must connect to control plane on port 443, but no descriptor says so, and a policy denies it. Declare the connection.",
    ]);
  });
});

test("what a Rollout's pod template names, Argo Rollouts does not call", () => {
  const url = "http://grafana.observability.svc.cluster.local:3000";
  const changed = damageObject(plan, "Rollout", "api", ({ spec }) => {
    spec.template.spec.containers[0].env.push({ name: "X", value: url });
  });
  const callers = dialsOf(changed).filter(({ by }) => by.includes(url));
  expect(callers).toEqual([]);
});
