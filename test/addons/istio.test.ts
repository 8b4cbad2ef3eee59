import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { noDanglingReference } from "../../proofs/no-dangling-reference.ts";
import { freshPlan, planOf, withoutObject } from "../plans.ts";

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

  test("have a seccomp profile, time to drain, an autoscaler and a budget, of which Istio sets none by itself", () => {
    const map = plan.objects.find(({ manifest }) => manifest.metadata.name === "gateway-parameters");
    const { deployment, horizontalPodAutoscaler, podDisruptionBudget } = (map?.manifest as { data?: object })
      .data as Record<string, string>;
    expect(parse(deployment ?? "")).toMatchObject({
      spec: { template: { spec: { securityContext: { seccompProfile: { type: "RuntimeDefault" } } } } },
    });
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

test("a Gateway whose parameters are not there is noticed: Istio makes no pod of it", () => {
  const without = withoutObject(plan, "ConfigMap", "gateway-parameters");
  expect(noDanglingReference.examine(without).failures).toEqual([
    expect.stringMatching(
      /^Gateway gateway\/public: spec\.infrastructure\.parametersRef names ConfigMap gateway\/gateway-parameters/,
    ),
  ]);
});
