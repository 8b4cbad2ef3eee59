import { describe, expect, test } from "vitest";
import { foreignMetrics } from "../../platform/catalogue/metrics.ts";
import { models, weightsGiB } from "../../platform/catalogue/models.ts";
import { demand } from "../../k8s/constructs/model-server.ts";
import { DRAIN_SECONDS, hostedModels, modelEndpoints, spareGpus } from "../../platform/inference.ts";
import { addonsOf, environment, faultsOf, services } from "../environments.ts";
import { type Editable, freshPlan, planOf } from "../plans.ts";
import { pick } from "./objects.ts";

const production = environment("production");
const NAME = "qwen2-5-7b-instruct";
const manifests = (await planOf("production")).objects.map(({ manifest }) => manifest);
const { spec } = pick(manifests, "Deployment", NAME);
const pod = spec.template.spec;
const [container] = pod.containers;

describe("a model", () => {
  test("takes two bytes a parameter", () => {
    expect(models.map((model) => [model.name.split("/")[1], Math.round(weightsGiB(model))])).toEqual([
      ["Qwen2.5-1.5B-Instruct", 3],
      ["Qwen2.5-7B-Instruct", 14],
      ["Mistral-7B-Instruct-v0.3", 14],
      ["Qwen2.5-32B-Instruct", 61],
    ]);
  });

  const hosting = (name: string, changes: Record<string, unknown> = {}): string[] =>
    faultsOf({ models: [{ name, hosted: { replicas: { min: 2, max: 2 } } }], ...changes });

  test("that does not fit the pool's GPU is refused with both numbers", () => {
    expect(hosting("Qwen/Qwen2.5-32B-Instruct")).toEqual([
      expect.stringMatching(
        /^promptops:models\.0\.name: takes 64\.0 GiB of GPU memory .* a g6\.2xlarge node has 20\.2/,
      ),
    ]);
  });

  test("of no catalogue, or without a GPU in the environment, is refused", () => {
    expect(hosting("acme/secret")).toEqual([expect.stringMatching(/must be a model of the catalogue to be hosted/)]);
    expect(hosting("Qwen/Qwen2.5-7B-Instruct", { "pools.gpu": undefined })).toEqual([
      expect.stringMatching(/needs a pool whose machines have GPUs/),
    ]);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["runs nowhere", { name: "x" }, /models\.0\.hosted: set one of 'endpoint', 'service' and 'hosted'/],
    [
      "runs here and there",
      { name: "x", endpoint: "https://x.io/v1", concurrency: 1, hosted: { replicas: { min: 1, max: 1 } } },
      /set one of 'endpoint', 'service' and 'hosted'/,
    ],
    [
      "takes nobody knows how much",
      { name: "x", endpoint: "https://x.io/v1" },
      /models\.0\.concurrency: must say how many/,
    ],
  ])("that %s is refused", (_, entry, rule) => {
    expect(faultsOf({ models: [entry] })).toEqual([expect.stringMatching(rule)]);
  });

  test("on our own GPUs is an endpoint like any other, with room for what its replicas run", () => {
    expect(modelEndpoints(production, { services, addons: addonsOf(production) })).toEqual([
      {
        name: "Qwen/Qwen2.5-7B-Instruct",
        endpoint: `http://${NAME}.inference.svc.cluster.local:8000/v1`,
        concurrency: 64,
        // What vLLM is started with.
        contextLength: 8192,
      },
    ]);
    for (const name of ["api", "worker"]) {
      const kind = name === "api" ? "Rollout" : "Deployment";
      const { env } = pick(manifests, kind, name).spec.template.spec.containers[0];
      expect(env.find((each: Editable) => each.name === "PROMPTOPS_MODELS").value).toContain(NAME);
    }
  });
});

describe("its server", () => {
  test("runs on a GPU of its own, on the pool that has them", () => {
    expect(pod.nodeSelector).toEqual({ workload: "gpu" });
    expect(pod.tolerations).toContainEqual({
      key: "nvidia.com/gpu",
      operator: "Equal",
      value: "present",
      effect: "NoSchedule",
    });
    expect(container.resources.requests["nvidia.com/gpu"]).toBe("1");
    expect(container.resources.limits["nvidia.com/gpu"]).toBe("1");
  });

  test("has the time to load: its budget grows with its size", async () => {
    const budget = ({ startupProbe }: Editable): number => startupProbe.periodSeconds * startupProbe.failureThreshold;
    const [model] = hostedModels(production, addonsOf(production));
    expect(budget(container)).toBeGreaterThanOrEqual(model?.startSeconds ?? Infinity);
    const small = await freshPlan("production", {
      protect: false,
      models: [{ name: "Qwen/Qwen2.5-1.5B-Instruct", hosted: { replicas: { min: 1, max: 1 } } }],
    });
    const server = pick(
      small.objects.map(({ manifest }) => manifest),
      "Deployment",
      "qwen2-5-1-5b-instruct",
    );
    expect(budget(server.spec.template.spec.containers[0])).toBeLessThan(budget(container));
    expect(spec.progressDeadlineSeconds).toBeGreaterThan(budget(container));
  });

  test("ends what it has begun: vLLM's own time to stop is the drain, and the pod's grace is longer", () => {
    expect(container.args).toContain(`--shutdown-timeout=${DRAIN_SECONDS}`);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
      Number(container.lifecycle.preStop.sleep.seconds) + DRAIN_SECONDS,
    );
  });

  test("is ready when the model answers, not when the process does", () => {
    expect(container.readinessProbe.httpGet.path).toBe("/v1/models");
    expect(container.startupProbe.httpGet.path).toBe("/health");
  });

  test("finds its weights in a cache that a job filled before, and never reaches the internet", () => {
    expect(pick(manifests, "Job", `weights-${NAME}`).spec.template.spec.containers[0].command).toEqual([
      "hf",
      "download",
      "Qwen/Qwen2.5-7B-Instruct",
      "--revision=main",
    ]);
    expect(pick(manifests, "PersistentVolumeClaim", "weights").spec).toMatchObject({
      accessModes: ["ReadWriteMany"],
      storageClassName: "shared-filesystem",
      resources: { requests: { storage: "30Gi" } },
    });
    expect(container.env).toContainEqual({ name: "HF_HUB_OFFLINE", value: "1" });
    expect(pick(manifests, "NetworkPolicy", NAME).spec.egress).toHaveLength(1);
  });

  test("fetches its own where no volume can be shared, and the plan says so", async () => {
    const lke = await planOf("production-lke");
    const objects = lke.objects.map(({ manifest }) => manifest);
    const [weights] = pick(objects, "Deployment", NAME).spec.template.spec.volumes.filter(
      (volume: Editable) => volume.name === "weights",
    );
    expect(weights.ephemeral.volumeClaimTemplate.spec.accessModes).toEqual(["ReadWriteOnce"]);
    expect(objects.filter(({ kind, metadata }) => kind === "Job" && metadata.namespace === "inference")).toEqual([]);
    expect(lke.fallbacks.map(({ preference }) => preference)).toContain("one cache of model weights");
  });
});

describe("a new version of it cannot wait for a GPU that the old one holds", () => {
  const strategyWith = async (nodes: number, replicas: { min: number; max: number }): Promise<Editable> => {
    const changes = {
      protect: false,
      "pools.gpu.nodes": { min: 2, max: nodes },
      models: [{ name: "Qwen/Qwen2.5-7B-Instruct", hosted: { replicas } }],
    };
    const plan = await freshPlan("production", changes);
    const changed = environment("production", changes);
    return { spare: spareGpus(changed, addonsOf(changed)), ...strategyOf(plan) };
  };
  const strategyOf = ({ objects }: Awaited<ReturnType<typeof planOf>>): Editable =>
    pick(
      objects.map(({ manifest }) => manifest),
      "Deployment",
      NAME,
    ).spec.strategy;

  test.each<[string, number, { min: number; max: number }, Editable]>([
    [
      "with a GPU to spare the new one comes first",
      3,
      { min: 1, max: 2 },
      { spare: 1, type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    ],
    [
      "without one, one of several goes first",
      2,
      { min: 2, max: 2 },
      { spare: 0, type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    ],
  ])("%s", async (_, nodes, replicas, strategy) => {
    expect(await strategyWith(nodes, replicas)).toEqual(strategy);
  });

  test("without one, the only one goes before the new one comes", async () => {
    const plan = await freshPlan("production", {
      protect: false,
      models: ["Qwen/Qwen2.5-7B-Instruct", "mistralai/Mistral-7B-Instruct-v0.3"].map((name) => ({
        name,
        hosted: { replicas: { min: 1, max: 1 } },
      })),
    });
    expect(strategyOf(plan)).toEqual({ type: "Recreate" });
  });
});

test("replicas follow requests that run and wait, less what those that start will take", () => {
  const [trigger] = pick(manifests, "ScaledObject", NAME).spec.triggers;
  expect(trigger.metadata).toMatchObject({
    query: demand("inference", NAME),
    threshold: "24",
    ignoreNullValues: "false",
  });
});

test("each of its metrics names exporter, version and source line", () => {
  for (const metric of foreignMetrics) {
    expect(metric.source, metric.name).toMatch(/^https:\/\/github\.com\/[^#]+\/blob\/(v|[a-z-]+-)?\d[^#]+#L\d+$/);
    expect(metric.source, metric.name).toMatch(
      new RegExp(`/blob/(v|[a-z-]+-)?${metric.version.replaceAll(".", "\\.")}/`),
    );
  }
  const vllm = foreignMetrics.filter(({ exporter }) => exporter === "vllm");
  expect(vllm.map(({ name, labels }) => [name, labels])).toEqual([
    ["vllm:num_requests_running", ["model_name", "engine"]],
    ["vllm:num_requests_waiting", ["model_name", "engine"]],
  ]);
});
