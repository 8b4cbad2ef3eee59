import { namespaces } from "../../platform/names.ts";
import type { NodeGroup } from "../../plan/model/nodes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import type { PodSource } from "../../plan/model/pods.ts";
import { eventually, type KubeObject } from "./client.ts";
import { asDeployment, applyOtherWorkloads, type Cluster, explainPods, lastingSources } from "./cluster.ts";

const APPLICATION = namespaces.application;
export const PODS = `/api/v1/namespaces/${APPLICATION}/pods`;
const SLICES = `/apis/discovery.k8s.io/v1/namespaces/${APPLICATION}/endpointslices`;

/** The services of a plan with their Services and budgets, running on its nodes beside what add-ons claim. */
export interface RunningServices {
  readonly names: readonly string[];
  /** Ready pods that a Service sends requests to, on nodes that are not in `lost`. */
  behind(service: string): number;
  /** Watches while work is done, without missing a state: the fewest that were ready behind each Service. */
  fewestDuring(work: () => Promise<void>): Promise<Record<string, number>>;
  /** Resolves when each Service has so many ready pods as it is meant to have. */
  whole(): Promise<void>;
  /** Nodes whose pods no longer answer, whatever the API server still believes. */
  readonly lost: Set<string>;
}

export async function runServices(
  cluster: Cluster,
  plan: Plan,
  {
    nodes = ({ min }) => min,
    replicas = ({ replicas: { min } }) => min,
  }: { nodes?: (group: NodeGroup) => number; replicas?: (source: PodSource) => number } = {},
): Promise<RunningServices> {
  await cluster.addNodes(plan.nodeGroups, nodes);
  await applyOtherWorkloads(cluster, plan);
  const kinds = ["Namespace", "ServiceAccount", "ConfigMap", "Service", "PodDisruptionBudget"];
  const manifests = plan.objects.map(({ manifest }) => manifest);
  await cluster.apply(manifests.filter(({ kind }) => kinds.includes(kind)));
  const wanted = new Map<string, number>();
  for (const source of lastingSources(plan).filter(({ namespace }) => namespace === APPLICATION)) {
    wanted.set(source.name, replicas(source));
    await cluster.apply([asDeployment(source.object, replicas(source))]);
  }
  return watchServices(cluster, wanted);
}

async function watchServices(cluster: Cluster, wanted: ReadonlyMap<string, number>): Promise<RunningServices> {
  const slices = new Map<string, KubeObject>();
  const lost = new Set<string>();
  let watcher: (() => void) | undefined;
  await cluster.client.watch(SLICES, (type, slice) => {
    if (type === "DELETED") slices.delete(slice.metadata.name);
    else slices.set(slice.metadata.name, slice);
    watcher?.();
  });
  const behind = (service: string): number =>
    [...slices.values()]
      .filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === service)
      .flatMap((slice) => (slice["endpoints"] ?? []) as Endpoint[])
      .filter(({ conditions, nodeName }) => conditions.ready === true && !lost.has(nodeName)).length;
  const names = [...wanted.keys()];
  const services: RunningServices = {
    names,
    lost,
    behind,
    fewestDuring: async (work) => {
      const fewest = Object.fromEntries(names.map((name) => [name, behind(name)]));
      watcher = () => {
        for (const name of names) fewest[name] = Math.min(fewest[name] ?? 0, behind(name));
      };
      await work();
      watcher = undefined;
      return fewest;
    },
    whole: async () => {
      await eventually(
        "every Service to have all its pods",
        () => Promise.resolve([...wanted].every(([name, count]) => behind(name) >= count) || undefined),
        { seconds: 240, explain: async () => explainPods(cluster.client) },
      );
      await budgetsCounted(cluster);
    },
  };
  await services.whole();
  return services;
}

interface Endpoint {
  readonly nodeName: string;
  readonly conditions: { readonly ready?: boolean };
}

/** The disruption controller has seen the pods that are there, so that what it allows is what the budgets promise. */
async function budgetsCounted(cluster: Cluster): Promise<void> {
  await eventually("the budgets to allow what they promise", async () => {
    const budgets = await cluster.client.list(`/apis/policy/v1/namespaces/${APPLICATION}/poddisruptionbudgets`);
    return budgets.every(({ status }) => status?.disruptionsAllowed >= 1) || undefined;
  });
}

/** As `kubectl drain`: cordons, then evicts each pod, asking again for as long as a budget says no. */
export async function drain({ client }: Pick<Cluster, "client">, node: string): Promise<void> {
  await client.merge(`/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
  await eventually(
    `${node} to be empty`,
    async () => {
      const pods = (await client.list(PODS)).filter(({ spec }) => spec?.nodeName === node);
      await Promise.all(pods.map((pod) => evict(client, pod)));
      return pods.length === 0 || undefined;
    },
    { seconds: 120, explain: () => explainPods(client) },
  );
}

/** Asks the eviction API for a pod; 201 is yes, 429 is a budget's no. */
export async function evict(client: Cluster["client"], pod: KubeObject): Promise<number> {
  const { name, namespace } = pod.metadata;
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  return (await client.call(`${PODS}/${name}/eviction`, { method: "POST", body })).status;
}

/** What a budget promises of so many replicas: all but those that it lets go, rounded as Kubernetes rounds. */
export function promised(plan: Plan, service: string, replicas: number): number {
  const budget = plan.objects.find(
    ({ manifest }) => manifest.kind === "PodDisruptionBudget" && manifest.metadata.name === service,
  );
  const { maxUnavailable } = budget?.manifest.spec as { maxUnavailable: `${number}%` };
  return replicas - Math.ceil((replicas * parseFloat(maxUnavailable)) / 100);
}
