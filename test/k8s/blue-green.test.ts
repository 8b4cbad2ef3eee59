import { describe, expect, test } from "vitest";
import { Workload, type WorkloadProps } from "../../k8s/constructs/workload.ts";
import { podSourcesOf } from "../../plan/model/pods.ts";
import { validateObjects } from "../../plan/validate-objects.ts";
import { prove } from "../../proofs/index.ts";
import { noDanglingReference } from "../../proofs/no-dangling-reference.ts";
import { cpu } from "../../platform/signals.ts";
import { damageObject, type Editable, freshPlan, planOf, withoutObject } from "../plans.ts";
import { pick, render } from "./objects.ts";

/** Production's API, released blue-green, with replicas for which the database has room three times. */
const changes = { services: { api: { release: "blue-green", replicas: { min: 2, max: 12 } } } };
const plan = await freshPlan("production", changes);
const manifests = plan.objects.map(({ manifest }) => manifest);
const { spec } = pick(manifests, "Rollout", "api");

describe("a blue-green release", () => {
  test("switches the active Service after the analysis, and keeps the old version for an hour", () => {
    expect(spec.strategy).toEqual({
      blueGreen: {
        activeService: "api",
        previewService: "api-preview",
        autoPromotionEnabled: true,
        prePromotionAnalysis: {
          templates: [{ templateName: "api" }],
          args: [{ name: "canary-hash", valueFrom: { podTemplateHashValue: "Latest" } }],
        },
        scaleDownDelaySeconds: 3600,
        scaleDownDelayRevisionLimit: 1,
        abortScaleDownDelaySeconds: 60,
      },
    });
  });

  test("has the pod template of every other release", async () => {
    const production = (await planOf("production")).objects.map(({ manifest }) => manifest);
    expect(spec.template).toEqual(pick(production, "Rollout", "api").spec.template);
  });

  test("is scaled and budgeted like any other", () => {
    expect(spec).not.toHaveProperty("replicas");
    expect(pick(manifests, "HorizontalPodAutoscaler", "api").spec.scaleTargetRef.kind).toBe("Rollout");
    expect(pick(manifests, "PodDisruptionBudget", "api").spec.selector.matchLabels).toEqual(spec.selector.matchLabels);
  });

  test("gives requests with x-canary the new version, and no share of the others", () => {
    expect(pick(manifests, "HTTPRoute", "api").spec.rules[0].backendRefs).toEqual([{ name: "api", port: 8080 }]);
    const [rule] = pick(manifests, "HTTPRoute", "api-preview").spec.rules;
    expect(rule.matches[0].headers).toEqual([{ name: "x-canary", value: "true", type: "Exact" }]);
    expect(rule.backendRefs).toEqual([{ name: "api-preview", port: 8080 }]);
  });

  test("has three sets of pods when it follows another within the hour, and connections for all of them", () => {
    const source = plan.podSources.find(({ kind }) => kind === "Rollout");
    expect([source?.replicas.max, source?.surge]).toEqual([12, 24]);
    expect(pick(manifests, "ConfigMap", "database-roles").data["database-roles.sh"]).toContain(
      "login promptops_api api 360\n",
    );
  });

  test("is accepted by the definition of Argo Rollouts", async () => {
    expect((await validateObjects(plan)).failures).toEqual([]);
    const damaged = damageObject(plan, "Rollout", "api", ({ spec }) => (spec.strategy.blueGreen.active = "api"));
    expect((await validateObjects(damaged)).failures).toEqual([expect.stringMatching(/blueGreen/)]);
  });

  test("needs its Services and its AnalysisTemplate", () => {
    for (const [kind, name] of [
      ["Service", "api-preview"],
      ["AnalysisTemplate", "api"],
    ] as const)
      expect(noDanglingReference.examine(withoutObject(plan, kind, name)).failures).toContainEqual(
        expect.stringMatching(`^Rollout application/api: .* names ${kind} application/${name}.*, which does not exist`),
      );
  });

  test("breaks no proof that holds for production's canary", async () => {
    const failing = (each: typeof plan): string[] =>
      prove(each).flatMap(({ proof, failures }) => failures.map((failure) => `${proof}: ${failure}`));
    const already = new Set(failing(await planOf("production")));
    expect(failing({ ...plan }).filter((failure) => !already.has(failure))).toEqual([]);
  });
});

test("without a limit on the old versions, all that Argo Rollouts remembers are counted", () => {
  const unlimited = structuredClone(manifests) as Editable[];
  const rollout = pick(unlimited, "Rollout", "api");
  delete rollout.spec.strategy.blueGreen.scaleDownDelayRevisionLimit;
  const source = podSourcesOf(unlimited).find(({ kind }) => kind === "Rollout");
  expect(source?.surge).toBe(12 * (1 + Number(rollout.spec.revisionHistoryLimit)));
});

const props: WorkloadProps = {
  namespace: "application",
  name: "web",
  image: "registry.example/web:v1.0.0",
  version: "v1.0.0",
  placement: { pool: "application", spreadOver: ["kubernetes.io/hostname"] },
  ports: { http: 7000, metrics: 7001 },
  probePort: "http",
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "128Mi" } },
  scale: { replicas: { min: 2, max: 8 }, on: [cpu(70)], profile: "steady", prometheus: "http://prometheus:9090" },
  drain: 30,
};

test("a workload without objectives is promoted as soon as its pods are ready", () => {
  const objects = render((layer) => new Workload(layer, "web", { ...props, release: { blueGreen: [] } }));
  expect(objects.some(({ kind }) => kind === "AnalysisTemplate")).toBe(false);
  expect(pick(objects, "Rollout").spec.strategy.blueGreen).not.toHaveProperty("prePromotionAnalysis");
});

test.each([
  ["Deployment", "rolling"],
  ["Rollout", { blueGreen: [] }],
] as const)("a %s with a fixed number of replicas has no autoscaler", (kind, release) => {
  const objects = render(
    (layer) => new Workload(layer, "web", { ...props, release, scale: { ...props.scale, replicas: 3 } }),
  );
  expect(pick(objects, kind).spec.replicas).toBe(3);
  expect(objects.filter((each) => /Autoscaler|ScaledObject/.test(each.kind))).toEqual([]);
  expect(objects.some((each) => each.kind === "PodDisruptionBudget")).toBe(true);
});
