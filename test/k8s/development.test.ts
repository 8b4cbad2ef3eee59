import { expect, test } from "vitest";
import { hostedModels, modelEndpoints } from "../../platform/inference.ts";
import { cpu, requestLatency, requestsPerSecond } from "../../platform/signals.ts";
import { requestDuration, requests } from "../../services/api/service.ts";
import { addonsOf, environment, services } from "../environments.ts";
import { freshPlan, planOf } from "../plans.ts";
import { pick } from "./objects.ts";

/** Development needs no operator to answer a request: neither a gateway, nor Argo Rollouts, nor KEDA. */
const plan = await planOf("development");
const manifests = plan.objects.map(({ manifest }) => manifest);

test("development has Deployments, an HPA where CPU and memory decide, and a fixed number of workers", () => {
  const named = (kind: string): string[] =>
    manifests
      .filter((each) => each.kind === kind && each.metadata.namespace === "application")
      .map(({ metadata }) => metadata.name);
  expect(named("Deployment")).toEqual([
    "analytics",
    "api",
    "egress-proxy",
    "evaluator",
    "model-simulator",
    "notifications",
    "worker",
  ]);
  expect(named("HorizontalPodAutoscaler")).toEqual(["api", "egress-proxy", "model-simulator", "notifications"]);
  expect(pick(manifests, "Deployment", "worker").spec.replicas).toBe(2);
  expect(pick(manifests, "Deployment", "analytics").spec.replicas).toBe(2);
  expect(pick(manifests, "Deployment", "api").spec).not.toHaveProperty("replicas");
});

test("development has no kind and no namespace of a gateway, Argo Rollouts, KEDA or cert-manager", () => {
  const foreign = manifests.filter(({ apiVersion }) =>
    /^(gateway|argoproj\.io\/v1alpha1$|keda|cert-manager)/.test(apiVersion),
  );
  expect(new Set(foreign.map(({ kind }) => kind))).toEqual(new Set(["Application"]));
  expect(manifests.filter(({ metadata }) => metadata.namespace === "gateway" || metadata.name === "gateway")).toEqual(
    [],
  );
});

test.each([
  ["requests per second", requestsPerSecond(requests, { perReplica: 50 })],
  ["latency", requestLatency(requestDuration, { within: 0.5 })],
])("without KEDA, replicas that %s decide are fixed too, and the plan says so", async (_, signal) => {
  const scaled = services.map((each) =>
    each.name === "api" ? { ...each, scale: { ...each.scale, on: [cpu(70), signal] as const } } : each,
  );
  const { objects, fallbacks } = await freshPlan("development", {}, scaled);
  const made = objects.map(({ manifest }) => manifest).filter(({ metadata }) => metadata.name === "api");
  expect(made.map(({ kind }) => kind)).not.toContain("ScaledObject");
  expect(pick(made, "Deployment", "api").spec.replicas).toBe(2);
  expect(fallbacks).toContainEqual({
    preference: `service api: replicas by ${signal.metric.name}`,
    fallback: "fixed at 2: no metric-scaling (keda)",
  });
});

test("Velero backs up the gateway's namespace only where there is one", async () => {
  const namespacesOf = (each: typeof plan): string[] =>
    pick(
      each.objects.map(({ manifest }) => manifest),
      "Schedule",
      "daily",
    ).spec.template.includedNamespaces;
  expect(namespacesOf(await planOf("production"))).toContain("gateway");
  expect(namespacesOf(await freshPlan("production", { "addons.istio": undefined }))).not.toContain("gateway");
});

test("the simulator is development's model: services know its address, and may connect to it", () => {
  const endpoint = "http://model-simulator.application.svc.cluster.local:8000/v1";
  for (const name of ["api", "worker"]) {
    const { env } = pick(manifests, "Deployment", name).spec.template.spec.containers[0];
    const models = (env as { name: string; value: string }[]).find((each) => each.name === "PROMPTOPS_MODELS");
    expect(JSON.parse(models?.value ?? "")).toEqual([{ name: "simulated", endpoint, concurrency: 64 }]);
  }
  const simulator = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "application" } } };
  expect(pick(manifests, "NetworkPolicy", "worker").spec.egress).toContainEqual({
    to: [{ ...simulator, podSelector: { matchLabels: { "app.kubernetes.io/name": "model-simulator" } } }],
    ports: [{ port: 8000, protocol: "TCP" }],
  });
  expect(pick(manifests, "NetworkPolicy", "model-simulator").spec.ingress).toContainEqual({
    from: [{ ...simulator, podSelector: { matchLabels: { "app.kubernetes.io/name": "worker" } } }],
    ports: [{ port: 8000, protocol: "TCP" }],
  });
});

test("production does not run the simulator", async () => {
  expect(JSON.stringify((await planOf("production")).objects)).not.toContain("simulator");
});

test("without KEDA a hosted model keeps its minimum, and its endpoint takes what so many replicas take", async () => {
  const changes = {
    "addons.keda": undefined,
    models: [{ name: "Qwen/Qwen2.5-7B-Instruct", hosted: { replicas: { min: 1, max: 2 } } }],
  };
  const changed = environment("staging", changes);
  const addons = addonsOf(changed);
  expect(hostedModels(changed, addons).map(({ replicas }) => replicas)).toEqual([{ min: 1, max: 1 }]);
  expect(modelEndpoints(changed, { services, addons })[0]?.concurrency).toBe(32);
  const { objects, fallbacks } = await freshPlan("staging", changes);
  const without = objects.map(({ manifest }) => manifest);
  expect(pick(without, "Deployment", "qwen2-5-7b-instruct").spec.replicas).toBe(1);
  expect(without.filter(({ kind }) => kind === "ScaledObject")).toEqual([]);
  expect(fallbacks.slice(-2)).toEqual([
    {
      preference: "service worker: replicas by promptops_queue_depth",
      fallback: "fixed at 2: no metric-scaling (keda)",
    },
    {
      preference: "model qwen2-5-7b-instruct: replicas by its requests",
      fallback: "fixed at 1: no metric-scaling (keda)",
    },
  ]);
});
