import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostedModels } from "../../platform/inference.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { addonsOf, environment } from "../environments.ts";
import { type Editable, freshPlan } from "../plans.ts";
import { eventually, type KubeObject } from "./client.ts";
import { asDeployment, type Cluster, reasonOf, startCluster } from "./cluster.ts";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/inference/deployments";
const PODS = "/api/v1/namespaces/inference/pods";
const MODEL = "Qwen/Qwen2.5-7B-Instruct";
const [{ name } = { name: "" }] = hostedModels(environment("production"), addonsOf(environment("production")));

/** A model's servers on the GPU pool of a plan: the rendered Deployment, with the rendered strategy. */
async function serve(cluster: Cluster, plan: Plan, replicas: number): Promise<void> {
  await cluster.addNodes(
    plan.nodeGroups.filter(({ pool }) => pool === "gpu"),
    ({ max }) => max,
  );
  const objects = plan.objects.map(({ manifest }) => manifest);
  await cluster.apply(objects.filter(({ kind }) => ["Namespace", "ServiceAccount"].includes(kind)));
  const deployment = objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === name);
  await cluster.apply([asDeployment(deployment as object, replicas)]);
  await settled(cluster);
}

async function settled(cluster: Cluster): Promise<KubeObject> {
  return eventually(
    "the model's rollout to end",
    async () => {
      const [deployment] = await cluster.client.list(DEPLOYMENTS);
      const { status = {}, spec, metadata } = deployment as Editable;
      const counts = [status.updatedReplicas, status.availableReplicas, status.replicas];
      const ended =
        status.observedGeneration === metadata.generation && counts.every((count) => count === spec.replicas);
      return ended ? deployment : undefined;
    },
    { seconds: 120 },
  );
}

const release = (cluster: Cluster, strategy: object = {}): Promise<unknown> =>
  cluster.client.merge(`${DEPLOYMENTS}/${name}`, {
    spec: { ...strategy, template: { metadata: { annotations: { "test.promptops.io/version": "next" } } } },
  });

describe.each<[string, { min: number; max: number }, number]>([
  ["two replicas on two GPUs", { min: 2, max: 2 }, 2],
  ["one replica on its only GPU", { min: 1, max: 1 }, 1],
  ["two replicas and a GPU to spare", { min: 2, max: 2 }, 3],
])("a new version of a model: %s", (_, replicas, gpus) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    const plan = await freshPlan("production", {
      protect: gpus > 1,
      "pools.gpu.nodes": { min: gpus, max: gpus },
      "pools.gpu.zones": ["eu-central-1a", "eu-central-1b"].slice(0, gpus),
      models: [{ name: MODEL, hosted: { replicas } }],
    });
    await serve(cluster, plan, replicas.max);
  });
  afterAll(async () => {
    await cluster.stop();
  });

  test("comes to its end, and no pod waits for a GPU that the old version holds", async () => {
    await release(cluster);
    await settled(cluster);
    const pods = (await cluster.client.list(PODS)).filter(({ metadata }) => !("deletionTimestamp" in metadata));
    expect(pods).toHaveLength(replicas.max);
    for (const pod of pods) {
      expect(pod.metadata.annotations?.["test.promptops.io/version"]).toBe("next");
      expect(pod["spec"].nodeName).toMatch(/^gpu-/);
    }
  });
});

test("Kubernetes' own strategy would wait for ever on the same GPUs: the choice is needed", async () => {
  const cluster = await startCluster();
  try {
    await serve(cluster, await freshPlan("production"), 2);
    const rollingUpdate = { maxSurge: "25%", maxUnavailable: 0 };
    await release(cluster, { strategy: { type: "RollingUpdate", rollingUpdate } });
    const stuck = await eventually("a pod of the new version to wait", async () => {
      const pods = await cluster.client.list(PODS);
      return pods.find((pod) => reasonOf(pod)?.includes("nvidia.com/gpu"));
    });
    expect(stuck.metadata.annotations?.["test.promptops.io/version"]).toBe("next");
  } finally {
    await cluster.stop();
  }
});
