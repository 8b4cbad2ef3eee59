import { expect, test } from "vitest";
import { fitsNodes } from "../../proofs/fits-nodes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, freshPlan, planOf, withObject, withResources } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: Plan): readonly string[] => fitsNodes.examine(each).failures;

test.each(environmentNames)("%s holds all its pods at most", async (name) => {
  const { failures, evidence } = fitsNodes.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence.some((line) => /^application.*: \d+ pods on \d+ nodes?, CPU \d+ %, memory \d+ %$/.test(line))).toBe(
    true,
  );
});

test("a pod larger than any node is told with both numbers", () => {
  const damaged = damageObject(plan, "Rollout", "api", ({ spec }) => {
    spec.template.spec.containers[0].resources.requests.memory = "15Gi";
  });
  expect(failuresOf(damaged)).toEqual([
    expect.stringMatching(
      /^Rollout application\/api: a pod asks for 250m CPU, 15Gi, more than any node .* \(3\.9 CPU, 13\.\dGi/,
    ),
  ]);
});

test("a pod that selects a pool that is not there has no home", () => {
  const damaged = damageObject(
    plan,
    "Rollout",
    "api",
    ({ spec }) => (spec.template.spec.nodeSelector = { workload: "moon" }),
  );
  expect(failuresOf(damaged)).toEqual([expect.stringMatching(/no pool admits its pods .*"workload":"moon"/)]);
});

test("a pod on a tainted pool needs the toleration", () => {
  const onData = (tolerations: object[]): Plan =>
    damageObject(plan, "Rollout", "api", ({ spec }) => {
      Object.assign(spec.template.spec, { nodeSelector: { workload: "data" }, tolerations });
    });
  expect(failuresOf(onData([]))).toEqual([expect.stringMatching(/no pool admits its pods/)]);
  expect(failuresOf(onData([{ key: "workload", operator: "Equal", value: "data", effect: "NoSchedule" }]))).toEqual([]);
});

test("an autoscaler may not ask for more than the pool can become", () => {
  const damaged = damageObject(plan, "ScaledObject", "worker", ({ spec }) => (spec.maxReplicaCount = 500));
  expect(failuresOf(damaged)).toContainEqual(
    expect.stringMatching(
      /^Deployment application\/worker: at maximum replicas \d+ of its pods find no room on pool application at maximum nodes/,
    ),
  );
});

test("a pool that becomes smaller no longer holds them", async () => {
  expect(failuresOf(await freshPlan("production", { "pools.application.nodes.max": 9 }))).toContainEqual(
    expect.stringMatching(/(Deployment|Rollout) application\/\w+: at maximum replicas/),
  );
});

test("a rollout under way counts: maxSurge adds its pods", () => {
  const surge = (maxSurge: string): Plan =>
    damageObject(plan, "Deployment", "worker", ({ spec }) => (spec.strategy.rollingUpdate.maxSurge = maxSurge));
  expect(failuresOf(surge("50%"))).toEqual([]);
  expect(failuresOf(surge("300%"))).toContainEqual(expect.stringMatching(/find no room/));
});

test("a node's number of pods is a bound of its own", () => {
  const tiny = withResources(plan, (resources) =>
    resources.map((resource) =>
      resource.type === "aws:eks/nodeGroup:NodeGroup" && resource.name.startsWith("application")
        ? { ...resource, inputs: { ...resource.inputs, scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 } } }
        : resource,
    ),
  );
  const many = damageObject(tiny, "ScaledObject", "worker", ({ spec }) => (spec.maxReplicaCount = 400));
  const weightless = damageObject(many, "Deployment", "worker", ({ spec }) => {
    spec.template.spec.containers[0].resources.requests = { cpu: "1m", memory: "1Mi" };
  });
  expect(failuresOf(weightless)).toContainEqual(
    expect.stringMatching(/worker: at maximum replicas \d+ of its pods find no room/),
  );
});

test("what a daemon takes on every node is not there for others", () => {
  const agent = (cpu: string): Plan =>
    withObject(plan, {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "agent", namespace: "application" },
      spec: {
        selector: {},
        template: {
          spec: {
            tolerations: [{ operator: "Exists" }],
            containers: [{ name: "agent", resources: { requests: { cpu, memory: "16Mi" } } }],
          },
        },
      },
    });
  expect(failuresOf(agent("50m"))).toEqual([]);
  expect(failuresOf(agent("3"))).toContainEqual(expect.stringMatching(/find no room|exceeds the capacity/));
});

test("hard spread over zones fails when a zone cannot take its share", () => {
  const damaged = damageObject(plan, "Deployment", "worker", ({ spec }) => {
    spec.template.spec.topologySpreadConstraints[0].whenUnsatisfiable = "DoNotSchedule";
  });
  const lopsided = withResources(damaged, (resources) =>
    resources.map((resource) =>
      /^application-.*-c$/.test(resource.name) && resource.type.endsWith(":NodeGroup")
        ? { ...resource, inputs: { ...resource.inputs, scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 } } }
        : resource,
    ),
  );
  expect(failuresOf(damaged)).toEqual([]);
  expect(failuresOf(lopsided)).toContainEqual(expect.stringMatching(/worker: at maximum replicas/));
});

test("a GPU is taken whole, and only where there is one", async () => {
  const idle = await freshPlan("production", { models: undefined });
  const gpu = (pool: string, count: number): Plan =>
    withObject(idle, {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "train", namespace: "application" },
      spec: {
        parallelism: count,
        template: {
          spec: {
            nodeSelector: { workload: pool },
            tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }],
            containers: [{ name: "train", resources: { requests: { cpu: "1", memory: "1Gi", "nvidia.com/gpu": 1 } } }],
          },
        },
      },
    });
  expect(failuresOf(gpu("gpu", 2))).toEqual([]);
  expect(failuresOf(gpu("gpu", 3))).toEqual([
    expect.stringMatching(/Job application\/train: at maximum replicas 1 of its pods/),
  ]);
  expect(failuresOf(gpu("application", 1))).toEqual([expect.stringMatching(/1 GPU, more than any node/)]);
});

test("pods that fit in the kindest order alone do not fit: nobody orders them", () => {
  const group = (pool: string, cpu: number): Plan["nodeGroups"][number] => ({
    pool,
    machines: [],
    zone: "a",
    min: 1,
    max: 1,
    labels: { "topology.kubernetes.io/zone": "a" },
    taints: [],
    allocatable: { cpu, memory: 2 ** 33, pods: 9, gpus: 0 },
    spot: false,
  });
  const source = (name: string, cpu: number): Plan["podSources"][number] => ({
    ...(plan.podSources[0] as Plan["podSources"][number]),
    description: name,
    spec: { containers: [] },
    requests: { cpu, memory: 0, gpus: 0 },
    replicas: { min: 1, max: 1 },
    surge: 0,
  });
  const small = (podSources: Plan["podSources"]): Plan => ({
    ...plan,
    claims: [],
    operatedPods: [],
    nodeGroups: [group("large", 1000), group("small", 600)],
    podSources,
  });
  expect(failuresOf(small([source("x", 700), source("y", 400)]))).toEqual([
    expect.stringMatching(/^x: at maximum replicas 1 of its pods find no room/),
  ]);
  expect(failuresOf(small([source("x", 700), source("y", 200)]))).toEqual([]);
});
