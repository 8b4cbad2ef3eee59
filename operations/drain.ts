import { setTimeout as pause } from "node:timers/promises";
import { count } from "../platform/count.ts";
import { UserError } from "../platform/faults.ts";
import { GENERATION_LABEL, POOL_LABEL } from "../platform/pools.ts";
import { parseQuantity } from "../platform/quantity.ts";
import type { ClusterClient, ClusterObject, Kind } from "./cluster-client.ts";

const NODE: Kind = { apiVersion: "v1", kind: "Node" };
const POD: Kind = { apiVersion: "v1", kind: "Pod" };

interface NodeObject extends ClusterObject {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

interface PodObject extends ClusterObject {
  readonly metadata: ClusterObject["metadata"] & {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: unknown;
    readonly ownerReferences?: readonly { readonly kind: string; readonly controller?: boolean }[];
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly resources?: { readonly requests?: Readonly<Record<string, string>> } }[];
  };
  readonly status?: { readonly phase?: string };
}

/** A pool whose earlier generation retires. */
export interface Retirement {
  readonly pool: string;
  /** The one that stands. */
  readonly generation: number;
  /** Most nodes that the standing generation may have. */
  readonly maxNodes: number;
}

export interface DrainOptions {
  /** Says what is left, after each round. */
  readonly progress: (line: string) => void;
  /** Stops between two requests; the nodes stay cordoned. */
  readonly signal: AbortSignal;
  /** Milliseconds between two rounds. */
  readonly interval: number;
}

/**
 * Evicts every pod but those of DaemonSets from the nodes of a pool's retiring generation, within budgets, and waits until none is left.
 * Returns the names of all nodes that it saw. Throws an AbortError when stopped.
 */
export async function drain(
  client: ClusterClient,
  retirement: Retirement,
  { progress, signal, interval }: DrainOptions,
): Promise<string[]> {
  const { pool, generation } = retirement;
  await requireDrainable(client, retirement);
  const seen = new Set<string>();
  for (;;) {
    const nodes = await namesOf(client, pool, generation - 1);
    // Before its pods are listed: none can start there unseen.
    for (const node of nodes.filter((each) => !seen.has(each))) await cordon(client, node);
    nodes.forEach((node) => seen.add(node));
    const left = movableOn(nodes, await podsOf(client));
    if (left.length === 0) return [...seen].toSorted();
    const waiting = await evictAll(client, left, signal);
    progress(describe(left, nodes.length, waiting));
    await pause(interval, undefined, { signal });
  }
}

const nodesOf = async (client: ClusterClient, pool: string, generation: number): Promise<NodeObject[]> =>
  await client.list(NODE, `${POOL_LABEL}=${pool},${GENERATION_LABEL}=${generation}`);

const namesOf = async (client: ClusterClient, pool: string, generation: number): Promise<string[]> =>
  (await nodesOf(client, pool, generation)).map(({ metadata }) => metadata.name);

const podsOf = async (client: ClusterClient): Promise<PodObject[]> => (await client.list(POD)) as PodObject[];

/** The autoscaler may have removed the node since; then there is nothing to do. */
const cordon = (client: ClusterClient, name: string): Promise<void> =>
  client.merge({ ...NODE, metadata: { name }, spec: { unschedulable: true } });

/** Refuses before anything is touched. */
async function requireDrainable(client: ClusterClient, retirement: Retirement): Promise<void> {
  const { pool, generation } = retirement;
  const [standing, all] = await Promise.all([nodesOf(client, pool, generation), podsOf(client)]);
  const moving = movableOn(await namesOf(client, pool, generation - 1), all);
  requireManaged(moving);
  requireRoom(retirement, standing, { all, moving });
}

async function evictAll(client: ClusterClient, pods: readonly PodObject[], signal: AbortSignal): Promise<PodObject[]> {
  const waiting: PodObject[] = [];
  for (const pod of pods) {
    signal.throwIfAborted();
    if (pod.metadata.deletionTimestamp === undefined && !(await client.evict(pod))) waiting.push(pod);
  }
  return waiting;
}

const nameOf = ({ metadata: { namespace, name } }: PodObject): string => `${namespace ?? ""}/${name}`;

function describe(left: readonly PodObject[], nodes: number, waiting: readonly PodObject[]): string {
  const [first] = waiting;
  const budgets = first
    ? `, ${waiting.length} wait for a budget: ${nameOf(first)}${waiting.length > 1 ? ", ..." : ""}`
    : "";
  return `${count(left.length, "pod")} left on ${count(nodes, "node")}${budgets}`;
}

/** Pods of DaemonSets and of the kubelet's own files belong to their node. */
function movableOn(nodes: readonly string[], pods: readonly PodObject[]): PodObject[] {
  return pods.filter(
    ({ metadata: { ownerReferences = [], annotations = {} }, spec: { nodeName = "" } }) =>
      nodes.includes(nodeName) &&
      !ownerReferences.some(({ kind }) => kind === "DaemonSet") &&
      !("kubernetes.io/config.mirror" in annotations),
  );
}

const isFinished = ({ status }: PodObject): boolean => status?.phase === "Succeeded" || status?.phase === "Failed";

/** Nothing makes a pod again that no controller owns. */
function requireManaged(pods: readonly PodObject[]): void {
  const [bare, ...others] = pods.filter(
    (pod) => !isFinished(pod) && !(pod.metadata.ownerReferences ?? []).some(({ controller }) => controller),
  );
  if (!bare) return;
  const more = others.length > 0 ? ` and ${count(others.length, "other pod")}` : "";
  throw new UserError(
    `${nameOf(bare)}${more} has no controller, so nothing would start it again. Delete it, or move it yourself.`,
  );
}

interface Amounts {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

const amount = (amounts: Readonly<Record<string, string>> = {}, resource: string): number =>
  parseQuantity(amounts[resource] ?? "0");

const sum = (all: readonly Amounts[]): Amounts => ({
  cpu: all.reduce((total, { cpu }) => total + cpu, 0),
  memory: all.reduce((total, { memory }) => total + memory, 0),
  pods: all.reduce((total, { pods }) => total + pods, 0),
});

const requestsOf = ({ spec: { containers } }: PodObject): Amounts => ({
  ...sum(
    containers.map(({ resources }) => ({
      cpu: amount(resources?.requests, "cpu"),
      memory: amount(resources?.requests, "memory"),
      pods: 0,
    })),
  ),
  pods: 1,
});

const capacityOf = ({ status }: NodeObject): Amounts => ({
  cpu: amount(status?.allocatable, "cpu"),
  memory: amount(status?.allocatable, "memory"),
  pods: amount(status?.allocatable, "pods"),
});

const isReady = ({ status }: NodeObject): boolean =>
  (status?.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True");

/** What the standing generation has free, and what its autoscaler may add, must hold what moves. Sums: the scheduler has the last word. */
function requireRoom(
  { pool, generation, maxNodes }: Retirement,
  standing: readonly NodeObject[],
  { all, moving }: { all: readonly PodObject[]; moving: readonly PodObject[] },
): void {
  const ready = standing.filter((node) => isReady(node) && node.spec?.unschedulable !== true);
  const [sample] = ready;
  if (!sample) {
    throw new UserError(
      `No node of pool '${pool}', generation ${generation}, is ready in this cluster. Run 'pulumi up' first, or name another context.`,
    );
  }
  const names = ready.map(({ metadata }) => metadata.name);
  const used = sum(all.filter((pod) => !isFinished(pod) && names.includes(pod.spec.nodeName ?? "")).map(requestsOf));
  const added = Array.from({ length: Math.max(0, maxNodes - ready.length) }, () => sample);
  const room = sum([...ready, ...added].map(capacityOf));
  const needed = sum(moving.filter((pod) => !isFinished(pod)).map(requestsOf));
  for (const resource of ["cpu", "memory", "pods"] as const) {
    if (used[resource] + needed[resource] <= room[resource]) continue;
    throw new UserError(
      `Pool '${pool}', generation ${generation}, has no room at ${count(maxNodes, "node")}: ${resource} of ${used[resource] + needed[resource]} is needed, and there is ${room[resource]}. Raise 'nodes.max', run 'pulumi up', and drain again.`,
    );
  }
}
