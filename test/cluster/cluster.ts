import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { namespaces } from "../../platform/names.ts";
import type { Labels } from "../../plan/model/kubernetes.ts";
import type { NodeGroup } from "../../plan/model/nodes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import type { PodSource, Requests } from "../../plan/model/pods.ts";
import { root } from "../environments.ts";
import { type Client, eventually, type KubeObject } from "./client.ts";
import { type ControlPlane, KUBELET_LABEL, startControlPlane } from "./control-plane.ts";

/** A cluster to test with: `addNodes`, `apply`, and ask the `client`. */
export interface Cluster {
  readonly client: Client;
  readonly folder: ControlPlane["folder"];
  readonly kubeconfig: ControlPlane["kubeconfig"];
  readonly tls: ControlPlane["tls"];
  readonly run: ControlPlane["run"];
  readonly runAs: ControlPlane["runAs"];
  /** Nodes as the plan's pools have them: zones, labels, taints, allocatable. */
  addNodes(groups: readonly NodeGroup[], countOf: (group: NodeGroup) => number): Promise<void>;
  /** Takes the kubelets of nodes away, without a word to anybody, as a power cut does. Returns the nodes' names. */
  loseNodes(labelSelector: string): Promise<string[]>;
  /** Applies objects in order; resolves when the API server has taken all of them. */
  apply(objects: readonly unknown[]): Promise<void>;
  /** Every pod there is, once the scheduler has judged every one of them. */
  judgedPods(): Promise<KubeObject[]>;
  stop(): Promise<void>;
}

/** Runs a test's work on a cluster of its own, and takes the cluster away whatever becomes of it. */
export async function withCluster<Result>(work: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  const cluster = await startCluster();
  try {
    return await work(cluster);
  } finally {
    await cluster.stop();
  }
}

/** @param definitions - custom resource definitions to start with; without them, all that our objects use */
export async function startCluster(definitions = customResourceDefinitions()): Promise<Cluster> {
  const plane: ControlPlane = await startControlPlane();
  const { client, folder, kubeconfig } = plane;
  const apply = async (objects: readonly unknown[]): Promise<void> => {
    for (const object of objects) await client.apply(object as KubeObject);
  };
  await apply(definitions);
  // The Pulumi program makes it, with Argo CD in it.
  await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespaces.argocd } }]);
  return {
    client,
    folder,
    kubeconfig,
    tls: plane.tls,
    run: plane.run,
    runAs: plane.runAs,
    apply,
    judgedPods: () => judgedPods(client),
    addNodes: async (groups, countOf) => {
      const nodes = groups.flatMap((group) =>
        Array.from({ length: countOf(group) }, (_, index) => nodeOf(group, index)),
      );
      for (const node of nodes) await client.call("/api/v1/nodes", { method: "POST", body: node });
      await eventually("every node to be ready", async () => {
        const present = await client.list("/api/v1/nodes");
        const ready = present.filter(
          (node) => isTrue(node, "Ready") && !hasTaint(node, "node.kubernetes.io/not-ready"),
        );
        return ready.length === nodes.length ? true : undefined;
      });
    },
    loseNodes: async (labelSelector) => {
      const nodes = await client.list(`/api/v1/nodes?labelSelector=${encodeURIComponent(labelSelector)}`);
      const names = nodes.map(({ metadata }) => metadata.name);
      await Promise.all(
        names.map((name) =>
          client.merge(`/api/v1/nodes/${name}`, { metadata: { labels: { [KUBELET_LABEL]: "lost" } } }),
        ),
      );
      return names;
    },
    stop: () => plane.stop(),
  };
}

/** Pods and warnings that an error names, so that its reader still finds the first. */
const MAX_EXPLAINED = 10;

/** The definitions of the custom kinds that our objects use. */
export function customResourceDefinitions(): KubeObject[] {
  const folder = join(root, "k8s", "crds");
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  return files.map((file) => parse(readFileSync(join(folder, file), "utf8")) as KubeObject);
}

export function nodeOf({ pool, zone, spot, labels, taints, allocatable }: NodeGroup, index: number): KubeObject {
  const name = [pool, ...(spot ? ["spot"] : []), ...(zone === undefined ? [] : [zone]), index].join("-");
  const resources = {
    cpu: `${allocatable.cpu}m`,
    memory: String(allocatable.memory),
    pods: String(allocatable.pods),
    ...(allocatable.gpus > 0 && { "nvidia.com/gpu": String(allocatable.gpus) }),
  };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { ...labels, "kubernetes.io/hostname": name },
      annotations: { "kwok.x-k8s.io/node": "fake" },
    },
    spec: { taints },
    status: { allocatable: resources, capacity: resources },
  };
}

/** Pods that are not ours, as the scheduler sees them. */
interface OtherPods {
  readonly source: string;
  readonly pods: "every-node" | number;
  readonly requests: Requests;
  readonly labels?: Labels;
  readonly placement: object;
}

/**
 * What runs beside our objects, so that nodes are as full as they will be: what the cloud runs, what operators make of custom
 * resources, and what the sources of add-ons render. Each is a container that only requests what the real one does.
 */
function otherWorkloads(plan: Plan): object[] {
  return otherPods(plan).map(({ source, pods, requests, labels, placement }, index) => {
    const name = `other-${index}-${source.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`.slice(0, 60);
    const own = { [OTHER]: name };
    const amounts = {
      cpu: `${requests.cpu}m`,
      memory: String(requests.memory),
      ...(requests.gpus > 0 && { "nvidia.com/gpu": String(requests.gpus) }),
    };
    const template = {
      metadata: { labels: { ...labels, ...own } },
      spec: { ...placement, containers: [{ name: "other", image: "other", resources: quantities(amounts) }] },
    };
    const everyNode = pods === "every-node";
    return {
      apiVersion: "apps/v1",
      kind: everyNode ? "DaemonSet" : "Deployment",
      metadata: { name, namespace: "kube-system" },
      spec: { selector: { matchLabels: own }, template, ...(!everyNode && { replicas: pods }) },
    };
  });
}

/** Applies `otherWorkloads`. Those of every node come first: other pods must not take their place before they are made. */
export async function applyOtherWorkloads(cluster: Cluster, plan: Plan): Promise<void> {
  const all = otherWorkloads(plan);
  const isDaemonSet = (object: object): boolean => (object as KubeObject).kind === "DaemonSet";
  if (all.some(isDaemonSet)) {
    await cluster.apply(all.filter(isDaemonSet));
    await cluster.judgedPods();
  }
  await cluster.apply(all.filter((object) => !isDaemonSet(object)));
}

/** The label of a pod that is not ours. */
export const OTHER = "test.promptops.io/other";

/** A GPU is requested by its limit. */
const quantities = (amounts: Record<string, string>): object => ({
  requests: amounts,
  ...("nvidia.com/gpu" in amounts && { limits: { "nvidia.com/gpu": amounts["nvidia.com/gpu"] } }),
});

function otherPods({ claims, operatedPods, podSources }: Plan): OtherPods[] {
  return [
    ...claims.map(({ nodeSelector, tolerations, ...claim }) => ({
      ...claim,
      placement: { nodeSelector, tolerations },
    })),
    ...operatedPods.map(({ by, replicas, requests, labels, nodeSelector, tolerations, apart, ...spread }) => {
      const term = { topologyKey: apart, labelSelector: { matchLabels: labels } };
      const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
      const { topologySpreadConstraints } = spread;
      const placement = {
        nodeSelector,
        tolerations,
        topologySpreadConstraints,
        ...(apart !== undefined && { affinity }),
      };
      return { source: by, pods: replicas.max, requests, labels, placement };
    }),
    ...podSources
      .filter(({ addon, kind }) => addon !== undefined && kind !== "Job")
      .map(({ description, everyNode, replicas, requests, labels, spec }) => {
        const { nodeSelector, tolerations, affinity, topologySpreadConstraints } = spec;
        return {
          source: description,
          pods: everyNode ? ("every-node" as const) : replicas.max,
          requests,
          labels,
          placement: { nodeSelector, tolerations, affinity, topologySpreadConstraints },
        };
      }),
  ];
}

/** Our workloads that run for as long as the plan is deployed. */
export const lastingSources = ({ podSources }: Plan): PodSource[] =>
  podSources.filter(({ kind, addon }) => addon === undefined && (kind === "Deployment" || kind === "Rollout"));

/** A Deployment with so many replicas. No controller here knows a Rollout: its pods come from a Deployment with the same template. */
export function asDeployment(object: object, replicas: number): KubeObject {
  const { kind, spec, ...rest } = object as KubeObject;
  const { strategy: own, progressDeadlineSeconds, ...common } = withoutClaims(spec) as Record<string, unknown>;
  const strategy = kind === "Rollout" ? { rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } } : own;
  return {
    ...rest,
    apiVersion: "apps/v1",
    kind: "Deployment",
    spec: { ...common, ...(progressDeadlineSeconds !== undefined && { progressDeadlineSeconds }), strategy, replicas },
  };
}

/** No driver here makes volumes, and a pod waits for its claims: a folder of the node takes their place. */
function withoutClaims(spec: unknown): unknown {
  const copy = structuredClone(spec) as { template: { spec: { volumes?: object[] } } };
  copy.template.spec.volumes = (copy.template.spec.volumes ?? []).map((volume) =>
    "persistentVolumeClaim" in volume || "ephemeral" in volume
      ? { name: (volume as { name?: string }).name, emptyDir: {} }
      : volume,
  );
  return copy;
}

const isTrue = (object: KubeObject, type: string): boolean =>
  ((object["status"]?.conditions ?? []) as { type: string; status: string }[]).some(
    (each) => each.type === type && each.status === "True",
  );

const hasTaint = (node: KubeObject, key: string): boolean =>
  ((node["spec"]?.taints ?? []) as { key: string }[]).some((taint) => taint.key === key);

/** Settled: no controller still makes pods, and each pod has a node or the scheduler's reason why not. */
async function judgedPods(client: Client): Promise<KubeObject[]> {
  return eventually(
    "the scheduler to judge every pod",
    async () => {
      const deployments = await client.list("/apis/apps/v1/deployments");
      const daemonSets = await client.list("/apis/apps/v1/daemonsets");
      const pods = await client.list("/api/v1/pods");
      const onEveryNode = daemonSets.every(
        ({ status }) =>
          status?.observedGeneration !== undefined && status.currentNumberScheduled === status.desiredNumberScheduled,
      );
      const made = deployments.every(
        ({ metadata, status, spec }) =>
          status?.observedGeneration !== undefined && status.replicas === spec.replicas && metadata.name,
      );
      return made && onEveryNode && pods.length > 0 && pods.every(isJudged) ? pods : undefined;
    },
    { seconds: 120, explain: () => explainPods(client) },
  );
}

const isJudged = (pod: KubeObject): boolean => pod["spec"]?.nodeName !== undefined || reasonOf(pod) !== undefined;

/** The scheduler's reason for leaving a pod without a node. */
export function reasonOf(pod: KubeObject): string | undefined {
  const conditions = (pod["status"]?.conditions ?? []) as {
    type: string;
    status: string;
    reason?: string;
    message?: string;
  }[];
  return conditions.find(
    ({ type, status, reason }) => type === "PodScheduled" && status === "False" && reason === "Unschedulable",
  )?.message;
}

/** Pods that are not running, each with the scheduler's reason or the last event about it. */
export async function explainPods(client: Client): Promise<string> {
  const [pods, events] = [await client.list("/api/v1/pods"), await client.list("/api/v1/events")];
  const lastEvent = ({ metadata }: KubeObject): string => {
    const about = events.filter(
      ({ involvedObject: { namespace, name } }) => namespace === metadata.namespace && name === metadata.name,
    );
    const last = about.at(-1);
    return last ? `${last["reason"]}: ${last["message"]}` : "no event yet";
  };
  const waiting = pods.filter((pod) => !isTrue(pod, "Ready"));
  const shown = waiting
    .slice(0, MAX_EXPLAINED)
    .map((pod) => `  ${pod.metadata.namespace ?? ""}/${pod.metadata.name}: ${reasonOf(pod) ?? lastEvent(pod)}`);
  const failures = events
    .filter(({ type, involvedObject }) => type === "Warning" && involvedObject.kind !== "Pod")
    .slice(-MAX_EXPLAINED)
    .map(({ involvedObject: { kind, name }, reason, message }) => `  ${kind} ${name}: ${reason}: ${message}`);
  return [
    `${waiting.length} of ${pods.length} pods are not ready${waiting.length > shown.length ? `; the first ${shown.length}` : ""}:`,
    ...shown,
    ...(failures.length > 0 ? ["what controllers warn of:", ...failures] : []),
  ].join("\n");
}
