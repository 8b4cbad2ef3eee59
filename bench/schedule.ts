import { setTimeout } from "node:timers/promises";
import { namespaces } from "../platform/names.ts";
import type { NodeGroup } from "../plan/model/nodes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Client, KubeObject } from "../test/cluster/client.ts";
import { nodeOf } from "../test/cluster/cluster.ts";
import { startControlPlane } from "../test/cluster/control-plane.ts";
import { planOf } from "../test/plans.ts";
import { format, seconds } from "./timing.ts";

const NODES = 1_000;
const PODS = 10_000;
/** Far above what two cores can do: the limit is the machine, not politeness. */
const CALLS_PER_SECOND = 10_000;
const REQUESTS_AT_ONCE = 32;
/** Milliseconds between looks for pods without a node. */
const LOOK_PAUSE = 500;
/** Pods that wait for a scheduler which is not there. */
const UNPLACED = { schedulerName: "nobody" };

/** The real scheduler placing pods on a large cluster, beside the API server storing as many that nobody places. */
export async function benchSchedule(): Promise<void> {
  console.log(`schedule: ${PODS} pods on ${NODES} nodes, wall seconds`);
  const plan = await planOf("production");
  const { client, stop } = await startControlPlane({ callsPerSecond: CALLS_PER_SECOND, controllers: false });
  try {
    const manifests = plan.objects.map(({ manifest }): KubeObject => manifest);
    for (const kind of ["Namespace", "ServiceAccount"]) {
      for (const manifest of manifests.filter((each) => each.kind === kind)) await client.apply(manifest);
    }
    const nodes = nodesOf(plan);
    await createAll(client, "/api/v1/nodes", nodes);
    // Each is born with a taint that a controller would take away.
    for (const { metadata } of nodes) await client.merge(`/api/v1/nodes/${metadata.name}`, { spec: { taints: null } });
    const stored = await create(client, plan, UNPLACED);
    report(stored, "storing pods that nobody places");
    for (const [what, change] of [
      ["placing pods without our spread over zones, spot and nodes", { topologySpreadConstraints: [] }],
      ["placing pods of the API as they are", {}],
    ] as const) {
      const placed = await create(client, plan, change);
      report(placed, `${what}: ${(placed / stored).toFixed(1)} times storing them`);
    }
  } finally {
    await stop();
  }
}

function report(time: number, what: string): void {
  console.log(`${format(time)}  ${what} (${Math.round(PODS / time)} a second)`);
}

/** Production's application nodes, as many as the bench wants. */
function nodesOf({ nodeGroups }: Plan): KubeObject[] {
  const groups = nodeGroups.filter(({ pool }) => pool === "application");
  return Array.from({ length: NODES }, (_, index) => {
    const group = groups[index % groups.length] as NodeGroup;
    return nodeOf(group, Math.floor(index / groups.length));
  });
}

/** Creates the API's pods with a change; seconds until each of them that has a scheduler has a node, and none is left behind. */
async function create(client: Client, plan: Plan, change: object): Promise<number> {
  const path = `/api/v1/namespaces/${namespaces.application}/pods`;
  const api = plan.podSources.find(({ name, namespace }) => name === "api" && namespace === namespaces.application);
  if (!api) throw new Error("Production has no API.");
  const pods = Array.from({ length: PODS }, (_, index) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `pod-${index}`, labels: api.labels },
    spec: { ...api.spec, ...change },
  }));
  const time = await seconds(async () => {
    await createAll(client, path, pods);
    // Asked for, not watched: a server that is this busy closes watches that fall behind.
    while (change !== UNPLACED && (await client.list(`${path}?fieldSelector=spec.nodeName%3D&limit=1`)).length > 0)
      await setTimeout(LOOK_PAUSE);
  });
  await client.call(`${path}?gracePeriodSeconds=0`, { method: "DELETE" });
  return time;
}

async function createAll(client: Client, path: string, objects: readonly object[]): Promise<void> {
  const left = [...objects];
  const createNext = async (): Promise<void> => {
    for (let body = left.pop(); body; body = left.pop()) {
      const { status, body: answer } = await client.call(path, { method: "POST", body });
      if (status !== 201) throw new Error(`POST ${path}: ${answer.message ?? String(status)}`);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, createNext));
}
