import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { POOL_LABEL } from "../../platform/pools.ts";
import type { NodeGroup } from "../../plan/model/nodes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import type { PodSource } from "../../plan/model/pods.ts";
import { fitsNodes } from "../../proofs/fits-nodes.ts";
import { arrivalOrders } from "../../proofs/evaluation/arrival-orders.ts";
import { emptyNode, type Node, place, type Pod, preferences } from "../../proofs/evaluation/scheduling.ts";
import { environmentNames } from "../environments.ts";
import { freshPlan, planOf } from "../plans.ts";
import type { KubeObject } from "./client.ts";
import { asDeployment, OTHER, applyOtherWorkloads, lastingSources, withCluster } from "./cluster.ts";

/** A plan's pods on its nodes, placed by the real scheduler. */
async function schedule(
  plan: Plan,
  countOf: (group: NodeGroup) => number,
  replicasOf: (source: PodSource) => number,
): Promise<KubeObject[]> {
  return withCluster(async (cluster) => {
    await cluster.addNodes(plan.nodeGroups, countOf);
    await applyOtherWorkloads(cluster, plan);
    const objects = plan.objects.map(({ manifest }) => manifest);
    await cluster.apply(
      objects.filter(({ kind }) =>
        ["Namespace", "ServiceAccount", "ConfigMap", "PersistentVolumeClaim"].includes(kind),
      ),
    );
    for (const source of lastingSources(plan)) {
      await cluster.apply([asDeployment(source.object, replicasOf(source))]);
    }
    return cluster.judgedPods();
  });
}

const nodeOf = (pod: KubeObject): string | undefined => pod["spec"]?.nodeName as string | undefined;
const serviceOf = (pod: KubeObject): string | undefined => pod.metadata.labels?.["app.kubernetes.io/name"];
const waiting = (pods: readonly KubeObject[]): string[] =>
  pods.filter((pod) => nodeOf(pod) === undefined).map(({ metadata }) => metadata.name);
const atMost = ({ replicas, surge }: PodSource): number => replicas.max + surge;

describe.each(environmentNames)("the real scheduler, on the nodes of %s", (name) => {
  test("places every pod at maximum replicas with a rollout under way, as the proof says", async () => {
    const plan = await planOf(name);
    expect(fitsNodes.examine(plan).failures).toEqual([]);
    const pods = await schedule(plan, ({ max }) => max, atMost);
    expect(waiting(pods)).toEqual([]);
    const own = pods.filter(({ metadata }) => metadata.labels?.[OTHER] === undefined);
    expect(own).toHaveLength(lastingSources(plan).reduce((sum, source) => sum + atMost(source), 0));
    for (const pod of own) {
      const pool = pod["spec"].nodeSelector.workload as string;
      expect(["application", "gpu"]).toContain(pool);
      expect(nodeOf(pod), "each stands on its pool").toMatch(new RegExp(`^${pool}-`));
    }
  });

  test("places every pod at minimum replicas on the nodes that are always there", async () => {
    const plan = await planOf(name);
    const pods = await schedule(
      plan,
      ({ min }) => min,
      ({ replicas }) => replicas.min,
    );
    expect(waiting(pods)).toEqual([]);
    const zones = new Set(plan.nodeGroups.map(({ zone }) => zone)).size;
    const places = pods
      .filter((pod) => serviceOf(pod) === "api")
      .map((pod) => (zones > 1 ? nodeOf(pod)?.slice(0, -2) : nodeOf(pod)));
    expect(new Set(places).size, "two replicas of the API stand in two zones, or on two nodes").toBe(2);
  });
});

test("where the proof says that pods find no room, the scheduler leaves some waiting", async () => {
  const plan = await freshPlan("production", { "pools.application.nodes.max": 9 });
  expect(fitsNodes.examine(plan).failures).not.toEqual([]);
  expect(waiting(await schedule(plan, ({ max }) => max, atMost)).length).toBeGreaterThan(0);
});

const CASES = 24;
const shapes = fc.record({
  nodes: fc.array(
    fc.record({
      zone: fc.constantFrom("a", "b"),
      cpu: fc.integer({ min: 500, max: 4000 }),
      pods: fc.integer({ min: 2, max: 8 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  workloads: fc.array(
    fc.record({ cpu: fc.integer({ min: 50, max: 1500 }), replicas: fc.integer({ min: 1, max: 6 }) }),
    { minLength: 1, maxLength: 3 },
  ),
});

test("whatever pods the model places on whatever nodes, in every order that it tries, the scheduler places too", async () => {
  const cases = fc.sample(shapes, { seed: 20261122, numRuns: CASES });
  const group = (
    index: number,
    { zone, cpu, pods }: (typeof cases)[number]["nodes"][number],
    at: number,
  ): NodeGroup => ({
    machines: [],
    pool: `case${index}-${at}`,
    zone,
    min: 1,
    max: 1,
    labels: { [POOL_LABEL]: `case${index}`, "topology.kubernetes.io/zone": zone },
    taints: [],
    allocatable: { cpu, memory: 2 ** 34, pods, gpus: 0 },
    spot: false,
  });
  const pods = await withCluster(async (cluster) => {
    await cluster.addNodes(
      cases.flatMap(({ nodes }, index) => nodes.map((node, at) => group(index, node, at))),
      () => 1,
    );
    await cluster.apply(
      cases.flatMap(({ workloads }, index) =>
        workloads.map(({ cpu, replicas }, at) => deployment(`case${index}-${at}`, `case${index}`, cpu, replicas)),
      ),
    );
    return cluster.judgedPods();
  });

  const verdicts = cases.map(({ nodes, workloads }, index) => {
    const wanted = workloads.flatMap(({ cpu, replicas }, at) =>
      Array.from({ length: replicas }, () => pod(`case${index}-${at}`, cpu)),
    );
    const nodesOf = (): Node[] => nodes.map((node, at) => emptyNode({ ...group(index, node, at), name: String(at) }));
    const fits = arrivalOrders(wanted).every((order) =>
      preferences.every((preference) => place(order, nodesOf(), { preference }).length === 0),
    );
    const left = waiting(pods.filter(({ metadata }) => metadata.name.startsWith(`case${index}-`))).length;
    return { index, fits, left };
  });
  expect(verdicts.filter(({ fits, left }) => fits && left > 0)).toEqual([]);
  // Both outcomes occur, or the comparison would say nothing.
  expect(verdicts.some(({ fits }) => fits)).toBe(true);
  expect(verdicts.some(({ left }) => left > 0)).toBe(true);
});

function pod(source: string, cpu: number): Pod {
  return { source, namespace: "default", labels: { app: source }, requests: { cpu, memory: 0, gpus: 0 }, spec: {} };
}

function deployment(name: string, pool: string, cpu: number, replicas: number): object {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { [POOL_LABEL]: pool },
          containers: [{ name: "c", image: "image:1", resources: { requests: { cpu: `${cpu}m` } } }],
        },
      },
    },
  };
}
