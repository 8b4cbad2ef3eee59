import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { planOf } from "../plans.ts";
import { eventually, type KubeObject } from "./client.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { drain, evict, PODS, promised, type RunningServices, runServices } from "./running-services.ts";

const plan = await planOf("production");
let cluster: Cluster;
let services: RunningServices;

beforeAll(async () => {
  cluster = await startCluster();
  services = await runServices(cluster, plan);
});
afterAll(async () => {
  await cluster.stop();
});

test("under our budgets every node in turn is drained, and each Service keeps what its budget promises", async () => {
  const nodes = (await cluster.client.list("/api/v1/nodes")).map(({ metadata }) => metadata.name);
  expect(nodes.length).toBe(plan.nodeGroups.reduce((sum, { min }) => sum + min, 0));
  for (const node of nodes) {
    const fewest = await services.fewestDuring(async () => {
      await drain(cluster, node);
      await services.whole();
    });
    for (const name of services.names) {
      expect(fewest[name], `${name} while ${node} is drained`).toBeGreaterThanOrEqual(promised(plan, name, 2));
    }
    await cluster.client.merge(`/api/v1/nodes/${node}`, { spec: { unschedulable: false } });
  }
});

describe("a new version of every Deployment at once", () => {
  test("comes up on the fewest nodes, and no Service is ever short of a pod", async () => {
    const deployments = "/apis/apps/v1/namespaces/application/deployments";
    const fewest = await services.fewestDuring(async () => {
      for (const name of services.names) {
        await cluster.client.merge(`${deployments}/${name}`, {
          spec: { template: { metadata: { annotations: { "test.promptops.io/version": "next" } } } },
        });
      }
      await eventually(
        "every rollout to end",
        async () => (await cluster.client.list(deployments)).every(isRolledOut) || undefined,
        { seconds: 240 },
      );
    });
    expect(fewest).toEqual(Object.fromEntries(services.names.map((name) => [name, 2])));
    const pods = await cluster.client.list(PODS);
    const left = pods.filter(({ metadata }) => !("deletionTimestamp" in metadata));
    expect(left.every((pod) => pod.metadata.annotations?.["test.promptops.io/version"] === "next")).toBe(true);
  });
});

function isRolledOut({ metadata, spec, status = {} }: KubeObject): boolean {
  const counts = [status.updatedReplicas, status.availableReplicas, status.replicas];
  return status.observedGeneration === metadata.generation && counts.every((count) => count === spec?.replicas);
}

describe("under the seeds' budgets", () => {
  test.each([
    ["api", 2],
    ["worker", 3],
  ])("%s with minAvailable %d refuses every eviction, for as long as one asks", async (name, minAvailable) => {
    const budget = plan.objects
      .map(({ manifest }) => manifest)
      .find(({ kind, metadata }) => kind === "PodDisruptionBudget" && metadata.name === name) as KubeObject;
    const { selector } = budget["spec"] as { selector: object };
    const path = await cluster.client.pathOf(budget);
    await cluster.client.call(path, { method: "DELETE" });
    await cluster.apply([{ ...budget, spec: { minAvailable, selector } }]);
    await eventually("the budget to be counted", async () => {
      const { status } = (await cluster.client.call(path)).body;
      return (status?.observedGeneration !== undefined && status.disruptionsAllowed === 0) || undefined;
    });
    const [pod] = await cluster.client.list(`${PODS}?labelSelector=app.kubernetes.io/name=${name}`);
    for (let attempt = 0; attempt < 5; attempt++) expect(await evict(cluster.client, pod as KubeObject)).toBe(429);
    await cluster.client.call(path, { method: "DELETE" });
    await cluster.apply([budget]);
  });
});
