import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { noDanglingReference } from "../../proofs/no-dangling-reference.ts";
import { requireConnectivity } from "../../proofs/require-connectivity.ts";
import { damageObject, type Editable, freshPlan, planOf, remodel, withoutObject } from "../plans.ts";

const plan = await planOf("production");
const gatewayPods = (of: typeof plan) => of.operatedPods.filter(({ namespace }) => namespace === "gateway");

describe("the gateway's pods", () => {
  test("are three to ten, spread over zones, on the pool of infrastructure", () => {
    expect(gatewayPods(plan)).toMatchObject([
      {
        by: "Gateway gateway/public",
        replicas: { min: 3, max: 10 },
        requests: { cpu: 200, memory: 256 * 2 ** 20 },
        nodeSelector: { workload: "infrastructure" },
        topologySpreadConstraints: [
          { topologyKey: "topology.kubernetes.io/zone" },
          { topologyKey: "spot" },
          { topologyKey: "kubernetes.io/hostname" },
        ],
      },
    ]);
  });

  test("are as many as the environment's file says", async () => {
    const few = await freshPlan("production", { "addons.istio": { gateway: { min: 2, max: 4 } } });
    expect(gatewayPods(few)).toMatchObject([{ replicas: { min: 2, max: 4 } }]);
  });

  test("have the labels and ports of Istio's template", () => {
    expect(gatewayPods(plan)).toMatchObject([
      {
        labels: {
          "gateway.networking.k8s.io/gateway-name": "public",
          "gateway.networking.k8s.io/gateway-class-name": "istio",
          "gateway.istio.io/managed": "istio.io-gateway-controller",
          "sidecar.istio.io/inject": "false",
        },
        ports: [80, 443, 15020, 15021, 15090],
      },
    ]);
  });

  test("have time to drain, an autoscaler and a budget, of which Istio sets none by itself", () => {
    const map = plan.objects.find(({ manifest }) => manifest.metadata.name === "gateway-parameters");
    const { deployment, horizontalPodAutoscaler, podDisruptionBudget } = (map?.manifest as { data?: object })
      .data as Record<string, string>;
    expect(parse(deployment ?? "")).toMatchObject({
      spec: {
        template: {
          spec: {
            terminationGracePeriodSeconds: 120,
            containers: [
              {
                env: [
                  { name: "EXIT_ON_ZERO_ACTIVE_CONNECTIONS", value: "true" },
                  { name: "MINIMUM_DRAIN_DURATION", value: "30s" },
                ],
              },
            ],
          },
        },
      },
    });
    expect(parse(horizontalPodAutoscaler ?? "")).toMatchObject({ spec: { minReplicas: 3, maxReplicas: 10 } });
    expect(parse(podDisruptionBudget ?? "")).toEqual({ spec: { maxUnavailable: "25%" } });
  });
});

describe("istiod", () => {
  const istiodOf = (of: typeof plan) => of.podSources.find(({ addon }) => addon === "istio");
  const budgetsOf = (of: typeof plan) =>
    of.addons.flatMap(({ name, objects }) =>
      name === "istio" ? objects.filter(({ kind }) => kind === "PodDisruptionBudget") : [],
    );

  test("runs twice, with a budget, where the environment is protected", async () => {
    expect(istiodOf(plan)).toMatchObject({ name: "istiod", replicas: { min: 2, max: 2 } });
    expect(budgetsOf(plan)).toHaveLength(1);
    const staging = await planOf("staging");
    expect(istiodOf(staging)).toMatchObject({ replicas: { min: 1, max: 1 } });
    expect(budgetsOf(staging)).toEqual([]);
  });

  test("is told that gateways speak TLS 1.2 at least, under the default seccomp profile", () => {
    const application = plan.objects.find(
      ({ manifest }) => manifest.kind === "Application" && manifest.metadata.name === "istio",
    )?.manifest as Editable;
    expect(application.spec.source.helm.valuesObject).toMatchObject({
      meshConfig: { tlsDefaults: { minProtocolVersion: "TLSV1_2" } },
      gateways: { seccompProfile: { type: "RuntimeDefault" } },
    });
  });

  test("adds no sidecar: no webhook is called when a pod is created", () => {
    const hooks = plan.addons
      .filter(({ name }) => name.startsWith("istio"))
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind === "MutatingWebhookConfiguration") as Editable[];
    const resources = hooks.flatMap(({ webhooks }) =>
      webhooks.flatMap(({ rules }: Editable) => rules.flatMap((rule: Editable) => rule.resources)),
    );
    expect(resources).not.toContain("pods");
  });

  test("keeps its webhook as Argo CD applies it: neither of the two changes what the other wrote", () => {
    const hooks = plan.addons
      .filter(({ name }) => name.startsWith("istio"))
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind === "ValidatingWebhookConfiguration") as Editable[];
    expect(hooks.flatMap(({ webhooks }) => webhooks.map(({ failurePolicy }: Editable) => failurePolicy))).toEqual([
      "Fail",
      "Fail",
    ]);
  });

  test.each([
    [
      "its port for gateways is closed",
      "istiod",
      "ingress",
      /^gateway\/gateway must connect to istio-system\/istiod on/,
    ],
    ["it cannot ask the API server", "istiod", "egress", /^istio-system\/istiod must connect to /],
    [
      "gateways cannot leave for it",
      "gateway",
      "egress",
      /^gateway\/gateway must connect to istio-system\/istiod on port 15012/,
    ],
  ] as const)("is noticed where %s", (_, name, direction, failure) => {
    const closed = damageObject(plan, "NetworkPolicy", name, ({ spec }) => (spec[direction] = []));
    expect(requireConnectivity.examine(closed).failures).toContainEqual(expect.stringMatching(failure));
  });

  test("is noticed where its pods bear another label than the policies select", () => {
    const addons = plan.addons.map((addon) => ({
      ...addon,
      objects: addon.objects.map((object) => {
        if (object.kind !== "Deployment" || object.metadata.name !== "istiod") return object;
        const renamed = structuredClone(object) as Editable;
        renamed.spec.template.metadata.labels.app = "pilot";
        return renamed as typeof object;
      }),
    }));
    expect(requireConnectivity.examine(remodel(plan, { addons })).failures).toContainEqual(
      expect.stringMatching(/^A connection names the pods istio-system\/istiod \(.*\), but the plan has none/),
    );
  });
});

test("a Gateway whose parameters are not there is noticed: Istio makes no pod of it", () => {
  const without = withoutObject(plan, "ConfigMap", "gateway-parameters");
  expect(noDanglingReference.examine(without).failures).toEqual([
    expect.stringMatching(
      /^Gateway gateway\/public: spec\.infrastructure\.parametersRef names ConfigMap gateway\/gateway-parameters/,
    ),
  ]);
});
