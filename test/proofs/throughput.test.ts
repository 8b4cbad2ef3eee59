import { describe, expect, test } from "vitest";
import type { Plan } from "../../plan/model/plan.ts";
import type { PodSource } from "../../plan/model/pods.ts";
import { throughput } from "../../platform/catalogue/throughput.ts";
import { describeThroughput, throughputOf } from "../../proofs/evaluation/throughput.ts";
import { planOf } from "../plans.ts";

const [production, development] = [await planOf("production"), await planOf("development")];
const changing = (plan: Plan, name: string, change: (source: PodSource) => Partial<PodSource>): Plan => ({
  ...plan,
  podSources: plan.podSources.map((source) => (source.name === name ? { ...source, ...change(source) } : source)),
});
const withReplicas = (name: string, max: number): Plan =>
  changing(production, name, () => ({ replicas: { min: 1, max } }));
const withModels = (plan: Plan, models: object[]): Plan =>
  changing(plan, "worker", ({ spec }) => ({
    spec: {
      ...spec,
      containers: [{ ...spec.containers[0], env: [{ name: "PROMPTOPS_MODELS", value: JSON.stringify(models) }] }],
    } as PodSource["spec"],
  }));
const targetsOf = (plan: Plan): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries((throughputOf(plan)?.targets ?? []).map(({ name, raise }) => [name, raise]));

test("production carries what its rendered replicas and the class of its Postgres come to", () => {
  const parts = throughputOf(production)?.parts.map(({ name, units }) => [name, units]);
  // db.m7g.xlarge has four; the two others are the descriptors'.
  expect(parts).toEqual([
    ["api", 20],
    ["worker", 50],
    ["Postgres", expect.any(Number)],
  ]);
  expect(throughputOf(withReplicas("api", 3))?.parts[0]?.perSecond).toBe(3 * throughput.accepted);
});

test("a part that carries less than a target is to be raised to what carries it", () => {
  const perMinute = Math.ceil(10_000 / 60 / throughput.accepted);
  expect(targetsOf(withReplicas("api", 1))["1,000 a second"]).toContain(
    `services.api.replicas.max to ${Math.ceil(1_000 / throughput.accepted)}`,
  );
  expect(targetsOf(withReplicas("api", perMinute))["10,000 a minute"]).toEqual([]);
  expect(targetsOf(withReplicas("worker", 1))["1,000 a second"]).toEqual(["services.worker.replicas.max to 2"]);
});

describe("models answer at once", () => {
  test("what their endpoints take together, each counted once", () => {
    const at = (endpoint: string, concurrency: number): object => ({ name: endpoint, endpoint, concurrency });
    expect(throughputOf(withModels(production, [at("a", 10), at("b", 5), { ...at("b", 5), name: "c" }]))?.atOnce).toBe(
      15,
    );
  });

  test("at most what all workers stream", () => {
    const many = withModels(withReplicas("worker", 2), [{ name: "m", endpoint: "m", concurrency: 10_000 }]);
    expect(throughputOf(many)?.atOnce).toBe(512);
  });

  test("and so tell how long an answer may take", () => {
    const lines = describeThroughput(
      throughputOf(withModels(production, [{ name: "m", endpoint: "m", concurrency: 100 }])),
    );
    expect(lines[2]).toBe("10,000 a minute: models keep up while an answer takes up to 0.60 s on average");
  });
});

test("Postgres in the cluster, whose speed its nodes decide, bounds nothing", () => {
  expect(throughputOf(development)?.parts.map(({ name }) => name)).toEqual(["api", "worker"]);
});

test("where no worker runs, nothing is carried", () => {
  const without = { ...production, podSources: production.podSources.filter(({ name }) => name !== "worker") };
  expect(describeThroughput(throughputOf(without))).toEqual(["no executions: no API or no worker runs"]);
});
