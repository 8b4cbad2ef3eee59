import { describe, expect, test } from "vitest";
import { type Editable, planOf } from "../plans.ts";
import { pick } from "./objects.ts";

const { objects, podSources } = await planOf("production");
const manifests = objects.map(({ manifest }) => manifest);
const find = (kind: string, name: string): Editable => pick(manifests, kind, name);

describe("the API's release", () => {
  const { spec } = find("Rollout", "api");
  const { canary } = spec.strategy;

  test("goes by 10, 30 and 100 percent of the requests, and is judged at each", () => {
    expect(canary.steps.filter((step: Editable) => "setWeight" in step)).toEqual([
      { setWeight: 10 },
      { setWeight: 30 },
      { setWeight: 100 },
    ]);
    expect(canary.steps.filter((step: Editable) => "analysis" in step)).toHaveLength(3);
    expect(canary.steps.map((step: Editable) => Object.keys(step)[0])).toEqual(
      [1, 2, 3].flatMap(() => ["setWeight", "pause", "analysis"]),
    );
  });

  test("leaves the number of pods to the autoscaler, which points at the Rollout", () => {
    expect(spec).not.toHaveProperty("replicas");
    expect(find("HorizontalPodAutoscaler", "api").spec.scaleTargetRef).toEqual({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      name: "api",
    });
    expect(manifests.filter(({ kind, metadata }) => kind === "Deployment" && metadata.name === "api")).toEqual([]);
  });

  test("spreads each version's pods by the label that Argo Rollouts gives them", () => {
    for (const { matchLabelKeys } of spec.template.spec.topologySpreadConstraints) {
      expect(matchLabelKeys).toEqual(["rollouts-pod-template-hash"]);
    }
  });

  test("keeps the old version whole: as many pods again are counted", () => {
    const source = podSources.find(({ kind }) => kind === "Rollout");
    expect([source?.replicas.max, source?.surge]).toEqual([20, 20]);
  });

  test("moves the weights of a route whose two Services are there", () => {
    const [{ httpRoutes }] = Object.values<Editable>(canary.trafficRouting.plugins);
    const route = find("HTTPRoute", httpRoutes[0].name);
    expect(route.spec.rules[0].backendRefs).toEqual([
      { name: canary.stableService, port: 8080, weight: 100 },
      { name: canary.canaryService, port: 8080, weight: 0 },
    ]);
    for (const { name } of route.spec.rules[0].backendRefs) {
      expect(find("Service", name).spec.selector).toEqual({ "app.kubernetes.io/name": "api" });
    }
  });

  test("gives requests with x-canary the new version by a route of its own, on the same host", () => {
    const [route, header] = [find("HTTPRoute", "api"), find("HTTPRoute", "api-canary")];
    expect(header.spec.hostnames).toEqual(route.spec.hostnames);
    expect(header.spec.rules).toHaveLength(1);
    expect(header.spec.rules[0].matches[0].headers).toEqual([{ name: "x-canary", value: "true", type: "Exact" }]);
    expect(header.spec.rules[0].backendRefs).toEqual([{ name: "api-canary", port: 8080 }]);
  });

  test("is scraped once, whichever Services lead to its pods", () => {
    const scraped = manifests.filter(
      ({ kind, metadata }) => kind === "Service" && metadata.labels?.["promptops.dev/scraped"] === "true",
    );
    expect(scraped.map(({ metadata }) => metadata.name)).toEqual([
      "analytics",
      "api-metrics",
      "egress-proxy",
      "evaluator",
      "notifications",
      "worker",
      "qwen2-5-7b-instruct",
    ]);
  });
});

describe("the analysis", () => {
  const { metrics } = find("AnalysisTemplate", "api").spec;

  test("has a metric an objective, of the new version's pods alone", () => {
    expect(metrics.map(({ name }: Editable) => name)).toEqual(["availability", "latency-200ms", "latency-500ms"]);
    for (const { provider } of metrics) {
      expect(provider.prometheus.query).toContain('rollouts_pod_template_hash="{{args.canary-hash}}"');
    }
  });

  test("leaves out the kubelet's questions, and how long a model takes to answer", () => {
    const left = metrics.map(({ provider }: Editable) => /route!~"([^"]*)"/.exec(provider.prometheus.query)?.[1]);
    expect(left).toEqual(["/health/.*", ...Array(2).fill("/health/.*|/v1/chat/completions")]);
  });

  test("fails a version whose own requests miss an objective", () => {
    const bounds = metrics.map(({ failureCondition }: Editable) => failureCondition.split(" > ").at(-1));
    expect(bounds).toEqual(["0.001", "0.05", "0.01"]);
  });

  test("calls nothing a success and nothing a failure where there were no requests", () => {
    // Both conditions are false for NaN and for no series, which Argo Rollouts takes for inconclusive.
    for (const { successCondition, failureCondition, inconclusiveLimit, count } of metrics) {
      const most = Number(failureCondition.split(" ").at(-1));
      expect(successCondition).toBe(`len(result) > 0 && result[0] <= ${most}`);
      expect([NaN <= most, NaN > most]).toEqual([false, false]);
      expect(inconclusiveLimit).toBeLessThan(count);
    }
  });
});
