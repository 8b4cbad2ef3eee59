import { describe, expect, test } from "vitest";
import { noBlockedDrain } from "../../proofs/no-blocked-drain.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, planOf, withObject } from "../plans.ts";

const plan = await planOf("production");

test.each(environmentNames)("every budget of %s lets a drain go on", async (name) => {
  const { failures, evidence } = noBlockedDrain.examine(await planOf(name));
  expect(failures).toEqual([]);
  const guarded = [
    ...(name === "development" ? [] : ["argo-rollouts"]),
    "analytics",
    "api",
    "egress-proxy",
    // Development has one, and so no budget for it.
    ...(name === "development" ? [] : ["evaluator"]),
    "notifications",
    "worker",
    ...(name === "development" ? [] : ["qwen2-5-7b-instruct"]),
  ];
  expect(evidence).toEqual(guarded.map((each) => `${each}: 1 of 2 may be evicted (maxUnavailable 25%)`));
});

/** The failures once the worker's budget says something else. */
function failuresWith(budget: Record<string, unknown>, name = "worker"): readonly string[] {
  const damaged = damageObject(plan, "PodDisruptionBudget", name, ({ spec }) => {
    delete spec.maxUnavailable;
    Object.assign(spec, budget);
  });
  return noBlockedDrain.examine(damaged).failures;
}

describe("the seeds' own budgets block every drain", () => {
  test("minAvailable 3 over a worker that runs as 2", () => {
    expect(failuresWith({ minAvailable: 3 })).toEqual([
      "PodDisruptionBudget application/worker: at 2 replicas of Deployment application/worker it allows -1 evictions (minAvailable 3), so their nodes cannot be drained. Use maxUnavailable or raise the minimum replicas.",
    ]);
  });

  test("minAvailable 2 over an API that runs as 2", () => {
    expect(failuresWith({ minAvailable: 2 }, "api")).toEqual([
      expect.stringMatching(/api: at 2 replicas .* allows 0 evictions \(minAvailable 2\)/),
    ]);
  });

  test("but minAvailable 1 over 2 lets one go", () => {
    expect(failuresWith({ minAvailable: 1 })).toEqual([]);
  });
});

describe("percentages are rounded up, as Kubernetes does", () => {
  test.each<[Record<string, string>, number]>([
    [{ minAvailable: "50%" }, 0],
    [{ minAvailable: "51%" }, 1],
    [{ minAvailable: "75%" }, 1],
    [{ maxUnavailable: "1%" }, 0],
    [{ maxUnavailable: "0%" }, 1],
  ])("%j over 2 replicas", (budget, failures) => {
    expect(failuresWith(budget)).toHaveLength(failures);
  });
});

test("a budget whose selector selects nothing protects nothing", () => {
  expect(failuresWith({ maxUnavailable: 1, selector: { matchLabels: { app: "worker" } } })).toEqual([
    "PodDisruptionBudget application/worker: selects no pod of the plan, so it protects nothing. Correct its selector.",
  ]);
});

test("a pod under two budgets can never be evicted", () => {
  const second = withObject(plan, {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "all", namespace: "application" },
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["api"] }] },
    },
  });
  expect(noBlockedDrain.examine(second).failures).toEqual([
    "Rollout application/api: its pods are selected by PodDisruptionBudget application/api and PodDisruptionBudget application/all, but a pod may have one budget. Remove the others.",
  ]);
});

test("fewer replicas at least block a drain that was free", () => {
  const damaged = damageObject(plan, "PodDisruptionBudget", "api", ({ spec }) => {
    delete spec.maxUnavailable;
    spec.minAvailable = 1;
  });
  const smaller = damageObject(damaged, "HorizontalPodAutoscaler", "api", ({ spec }) => (spec.minReplicas = 1));
  expect(noBlockedDrain.examine(damaged).failures).toEqual([]);
  expect(noBlockedDrain.examine(smaller).failures).toHaveLength(1);
});

test("a budget that keeps pods which never become ready is found", () => {
  const damaged = damageObject(plan, "PodDisruptionBudget", "api", ({ spec }) => {
    delete spec.unhealthyPodEvictionPolicy;
  });
  expect(noBlockedDrain.examine(damaged).failures).toEqual([
    expect.stringMatching(/^PodDisruptionBudget application\/api: a crash-looping pod blocks the drain/),
  ]);
});
