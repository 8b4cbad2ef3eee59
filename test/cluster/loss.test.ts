import { describe, expect, test } from "vitest";
import { planOf } from "../plans.ts";
import { eventually } from "./client.ts";
import { type Cluster, withCluster, lastingSources } from "./cluster.ts";
import { drain, PODS, promised, type RunningServices, runServices } from "./running-services.ts";

const plan = await planOf("production");
const ZONE = "topology.kubernetes.io/zone";

/** Kubernetes has noticed by itself: the nodes' heartbeats stopped, and their pods are no longer sent requests. */
async function unready(cluster: Cluster, nodes: readonly string[]): Promise<void> {
  await eventually(
    "the lost nodes to be noticed",
    async () => {
      const present = await cluster.client.list("/api/v1/nodes");
      const lost = present.filter(({ metadata }) => nodes.includes(metadata.name));
      return lost.every(({ spec }) => JSON.stringify(spec?.taints ?? []).includes("unreachable")) || undefined;
    },
    { seconds: 180 },
  );
}

/** What the cloud does when instances are gone for good, and what its autoscaler would do for pods that wait. */
async function removeNodes({ client }: Cluster, nodes: readonly string[]): Promise<void> {
  for (const node of nodes) await client.call(`/api/v1/nodes/${node}`, { method: "DELETE" });
}

async function lose(cluster: Cluster, services: RunningServices, selector: string): Promise<string[]> {
  const nodes = await cluster.loseNodes(selector);
  for (const node of nodes) services.lost.add(node);
  return nodes;
}

describe("a zone that is lost without a word", () => {
  test("takes at its fewest replicas no Service below what its budget promises, and all pods come back elsewhere", async () => {
    await withCluster(async (cluster) => {
      const services = await runServices(cluster, plan);
      const api = await cluster.client.list(`${PODS}?labelSelector=app.kubernetes.io/name=api`);
      const zone = String(api[0]?.["spec"].nodeName).replace(/^application-(.*)-\d+$/, "$1");
      let lost: string[] = [];
      const fewest = await services.fewestDuring(async () => {
        lost = await lose(cluster, services, `${ZONE}=${zone}`);
        await unready(cluster, lost);
        await services.whole();
      });
      expect(lost.length).toBeGreaterThanOrEqual(3);
      for (const name of services.names) {
        expect(fewest[name], name).toBeGreaterThanOrEqual(promised(plan, name, 2));
      }
      expect(fewest["api"], "the zone had a pod of the API").toBe(1);
    });
  });
});

describe("all spot nodes", () => {
  const middle = { nodes: ({ max }: { max: number }) => max, replicas: () => 12 };

  test("are taken back at two minutes' notice: drained all at once, budgets hold, and each Service keeps its promise", async () => {
    await withCluster(async (cluster) => {
      const services = await runServices(cluster, plan, { ...middle, replicas: () => 4 });
      const spot = (await cluster.client.list("/api/v1/nodes?labelSelector=spot=true")).map(
        ({ metadata }) => metadata.name,
      );
      expect(spot).toHaveLength(17);
      const fewest = await services.fewestDuring(async () => {
        await Promise.all(spot.map((node) => drain(cluster, node)));
        await services.whole();
      });
      for (const name of services.names) {
        expect(fewest[name], name).toBeGreaterThanOrEqual(promised(plan, name, 4));
      }
    });
  });

  test("are taken back without a word: each Service keeps answering, and its fewest replicas find room on what is left", async () => {
    await withCluster(async (cluster) => {
      const services = await runServices(cluster, plan, middle);
      const fewest = await services.fewestDuring(async () => {
        await removeNodes(cluster, await lose(cluster, services, "spot=true"));
        await eventually(
          "the fewest replicas to run on the floor",
          () =>
            Promise.resolve(
              lastingSources(plan)
                .filter(({ name }) => services.names.includes(name))
                .every(({ name, replicas }) => services.behind(name) >= replicas.min) || undefined,
            ),
          { seconds: 180 },
        );
      });
      for (const name of services.names) expect(fewest[name], name).toBeGreaterThanOrEqual(1);
    });
  });
});
