import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { planOf } from "../plans.ts";
import { eventually, type KubeObject } from "./client.ts";
import { claimedWorkloads, type Cluster, startCluster } from "./cluster.ts";

const plan = await planOf("production");
const deployments = plan.podSources.filter(({ kind }) => kind === "Deployment");
const PODS = "/api/v1/namespaces/application/pods";
/** Of two replicas each budget lets one go. */
const PROMISED = 1;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await cluster.addNodes(plan.nodeGroups, ({ min }) => min);
  await cluster.apply(claimedWorkloads(plan));
  const kinds = ["Namespace", "ServiceAccount", "ConfigMap", "PodDisruptionBudget"];
  await cluster.apply(plan.objects.map(({ manifest }) => manifest).filter(({ kind }) => kinds.includes(kind)));
  for (const { object, replicas } of deployments) {
    const { spec, ...rest } = object as unknown as { spec: object };
    await cluster.apply([{ ...rest, spec: { ...spec, replicas: replicas.min, minReadySeconds: 0 } }]);
  }
  for (const { name, replicas } of deployments) await ready(name, replicas.min);
  await budgetsKnow();
});
afterAll(async () => {
  await cluster.stop();
});

const isReady = ({ metadata, ...pod }: KubeObject): boolean =>
  (metadata as { deletionTimestamp?: string }).deletionTimestamp === undefined &&
  ((pod["status"]?.conditions ?? []) as { type: string; status: string }[]).some(
    ({ type, status }) => type === "Ready" && status === "True",
  );

async function readyPods(name: string): Promise<KubeObject[]> {
  const pods = await cluster.client.list(`${PODS}?labelSelector=app.kubernetes.io/name=${name}`);
  return pods.filter(isReady);
}

const ready = (name: string, count: number): Promise<true> =>
  eventually(`${count} ready pods of ${name}`, async () =>
    (await readyPods(name)).length >= count ? true : undefined,
  );

/** The disruption controller has counted the pods that are there. */
const budgetsKnow = (): Promise<true> =>
  eventually("the budgets to allow what they promise", async () => {
    const budgets = await cluster.client.list("/apis/policy/v1/namespaces/application/poddisruptionbudgets");
    return budgets.every(({ status }) => status?.disruptionsAllowed >= 1) ? true : undefined;
  });

async function cordon(node: string, unschedulable: boolean): Promise<void> {
  await cluster.client.call(`/api/v1/nodes/${node}`, {
    method: "PATCH",
    body: { spec: { unschedulable } },
    type: "application/merge-patch+json",
  });
}

async function evict(pod: KubeObject): Promise<number> {
  const { name, namespace } = pod.metadata;
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  return (await cluster.client.call(`${PODS}/${name}/eviction`, { method: "POST", body })).status;
}

/** As `kubectl drain`: cordons, then evicts each pod, asking again while a budget says no. Returns the fewest ready pods seen. */
async function drain(node: string): Promise<number> {
  await cordon(node, true);
  let fewest = Number.POSITIVE_INFINITY;
  const count = async (): Promise<void> => {
    for (const { name } of deployments) fewest = Math.min(fewest, (await readyPods(name)).length);
  };
  const pods = (await cluster.client.list(PODS)).filter((pod) => pod["spec"]?.nodeName === node && isReady(pod));
  for (const pod of pods) {
    await eventually(`${pod.metadata.name} to be evicted from ${node}`, async () => {
      const status = await evict(pod);
      await count();
      return status === 201 || status === 404 ? true : undefined;
    });
    await count();
  }
  await eventually(`${node} to be empty`, async () => {
    await count();
    const left = (await cluster.client.list(PODS)).filter(({ spec }) => spec?.nodeName === node);
    return left.length === 0 ? true : undefined;
  });
  for (const { name, replicas } of deployments) await ready(name, replicas.min);
  await cordon(node, false);
  return fewest;
}

describe("under our budgets", () => {
  test("every node in turn is drained, and no Service is left without a ready pod", async () => {
    const nodes = (await cluster.client.list("/api/v1/nodes")).map(({ metadata }) => metadata.name);
    expect(nodes.length).toBe(plan.nodeGroups.reduce((sum, { min }) => sum + min, 0));
    for (const node of nodes) expect(await drain(node), node).toBeGreaterThanOrEqual(PROMISED);
  });
});

describe("under the seeds' budgets", () => {
  test.each([
    ["api", 2],
    ["worker", 3],
  ])("%s with minAvailable %d refuses every eviction, for as long as one asks", async (name, minAvailable) => {
    const budget = plan.objects
      .map(({ manifest }) => manifest)
      .find(({ kind, metadata }) => kind === "PodDisruptionBudget" && metadata.name === name);
    const { selector } = budget?.spec as { selector: object };
    const path = await cluster.client.pathOf(budget as KubeObject);
    const restored = { ...(budget as KubeObject) };
    await cluster.client.call(path, { method: "DELETE" });
    await cluster.apply([{ ...restored, spec: { minAvailable, selector } }]);
    await eventually("the budget to be counted", async () => {
      const { body } = await cluster.client.call(path);
      return body["status"]?.observedGeneration !== undefined && body["status"].disruptionsAllowed === 0
        ? true
        : undefined;
    });
    const [pod] = await readyPods(name);
    for (let attempt = 0; attempt < 5; attempt++) expect(await evict(pod as KubeObject)).toBe(429);
    await cluster.client.call(path, { method: "DELETE" });
    await cluster.apply([restored]);
  });
});
