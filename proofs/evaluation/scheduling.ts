import { memoizeOf } from "../../platform/memoize.ts";
import type { Capacity } from "../../platform/catalogue/allocatable.ts";
import { type Labels, meets, type PodSpec, selects, type Toleration } from "../../plan/model/kubernetes.ts";
import type { NodeTaint } from "../../plan/model/nodes.ts";
import type { Requests } from "../../plan/model/pods.ts";

/** A node as the scheduler sees it while pods are placed. */
export interface Node {
  readonly name: string;
  readonly pool: string;
  readonly labels: Labels;
  readonly taints: readonly NodeTaint[];
  readonly allocatable: Capacity;
  readonly pods: Pod[];
  /** How many of the pods each source has. */
  readonly bySource: Map<string, number>;
  /** The sum of the pods' requests. */
  readonly used: { cpu: number; memory: number; gpus: number };
}

export function emptyNode(node: Omit<Node, "pods" | "bySource" | "used">): Node {
  return { ...node, pods: [], bySource: new Map(), used: { cpu: 0, memory: 0, gpus: 0 } };
}

/** The node with the same pods, to place others on it. */
export function copyOf(node: Node): Node {
  return { ...node, pods: [...node.pods], bySource: new Map(node.bySource), used: { ...node.used } };
}

/** Places a pod on a node. The caller has checked that it fits. */
export function bind(node: Node, pod: Pod): void {
  node.pods.push(pod);
  node.bySource.set(pod.source, twinsOn(node, pod) + 1);
  node.used.cpu += pod.requests.cpu;
  node.used.memory += pod.requests.memory;
  node.used.gpus += pod.requests.gpus;
}

/** A pod to place. */
export interface Pod {
  readonly source: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly requests: Requests;
  readonly spec: Pick<PodSpec, "nodeSelector" | "tolerations" | "affinity" | "topologySpreadConstraints">;
}

const HOSTNAME = "kubernetes.io/hostname";
const ZONE = "topology.kubernetes.io/zone";

/** Chooses among the feasible nodes: the smallest score wins, compared item by item. */
export type Preference = (node: Node, pod: Pod, inZone: (node: Node) => number) => readonly number[];

/**
 * The scheduler's criteria, each alone: spread over zones and nodes, and free capacity. Its weighted sum lies between
 * them, and it chooses randomly among equals.
 */
export const preferences: readonly Preference[] = [spreadFirst, roomiestFirst];

/** The indexes of the nodes whose labels and taints admit a pod, which stay as they are: each kind of pod is asked about once. */
export const admittingNodes = (nodes: readonly Node[]): ((pod: Pod) => readonly number[]) =>
  memoizeOf((pod) => nodes.flatMap((node, index) => (admits(node, pod) ? [index] : [])));

export interface PlaceOptions {
  /** @default - the scheduler's first criterion */
  readonly preference?: Preference;
  /** Of these nodes, or of those that they are copies of. @default - computed */
  readonly admitting?: (pod: Pod) => readonly number[];
}

/** Places pods one by one on the preferred node. Returns those that fit nowhere. */
export function place(
  pods: readonly Pod[],
  nodes: readonly Node[],
  { preference = spreadFirst, admitting = admittingNodes(nodes) }: PlaceOptions = {},
): Pod[] {
  const left: Pod[] = [];
  const candidatesOf = memoizeOf((pod: Pod) => admitting(pod).flatMap((index) => nodes[index] ?? []));
  for (const pod of pods) {
    const node = choose(pod, { candidates: candidatesOf(pod), nodes, preference });
    if (node) bind(node, pod);
    else left.push(pod);
  }
  return left;
}

function spreadFirst(node: Node, pod: Pod, inZone: (node: Node) => number): readonly number[] {
  return [inZone(node), twinsOn(node, pod), shareWith(node, pod)];
}

function roomiestFirst(node: Node, pod: Pod): readonly number[] {
  return [shareWith(node, pod)];
}

interface Choice {
  /** Nodes whose labels and taints admit the pod. */
  readonly candidates: readonly Node[];
  /** All nodes: anti-affinity counts pods on every one. */
  readonly nodes: readonly Node[];
  readonly preference: Preference;
}

function choose(pod: Pod, { candidates, nodes, preference }: Choice): Node | undefined {
  let best: { node: Node; score: readonly number[] } | undefined;
  let zones: Map<string, number> | undefined;
  const inZone = ({ labels }: Node): number => (zones ??= countBy(pod, nodes, ZONE)).get(labels[ZONE] ?? "") ?? 0;
  const keepsSpread = spreadOver(pod, candidates, nodes);
  for (const node of candidates) {
    if (!fits(node, pod.requests) || !keepsSpread(node)) continue;
    const score = preference(node, pod, inZone);
    if (!best || isLess(score, best.score)) best = { node, score };
  }
  return best?.node;
}

function isLess(one: readonly number[], other: readonly number[]): boolean {
  const index = one.findIndex((value, at) => value !== other[at]);
  return index >= 0 && (one[index] ?? 0) < (other[index] ?? 0);
}

const twinsOn = ({ bySource }: Node, { source }: Pod): number => bySource.get(source) ?? 0;

function countBy(pod: Pod, nodes: readonly Node[], topologyKey: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const domain = node.labels[topologyKey];
    if (domain !== undefined) counts.set(domain, (counts.get(domain) ?? 0) + twinsOn(node, pod));
  }
  return counts;
}

/** Whether the labels and taints of a node admit a pod, regardless of its capacity. */
export function admits(node: Pick<Node, "labels" | "taints">, { spec }: Pick<Pod, "spec">): boolean {
  return (
    Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value) &&
    meetsAffinity(node.labels, spec) &&
    node.taints.every((taint) => taint.effect === "PreferNoSchedule" || isTolerated(taint, spec.tolerations ?? []))
  );
}

/** All expressions of at least one term must match. Without terms, no node matches. */
function meetsAffinity(labels: Labels, { affinity }: Pod["spec"]): boolean {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return true;
  return required.nodeSelectorTerms.some(({ matchExpressions = [] }) =>
    matchExpressions.every((each) => meets(each, labels)),
  );
}

function isTolerated(taint: NodeTaint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some(
    ({ key, operator = "Equal", value = "", effect }) =>
      (effect === undefined || effect === taint.effect) &&
      (key === undefined
        ? operator === "Exists"
        : key === taint.key && (operator === "Exists" || value === taint.value)),
  );
}

/** Whether a node has room for one more pod of these requests. */
export function fits(
  { allocatable, pods, used }: Pick<Node, "allocatable" | "pods" | "used">,
  requests: Requests,
): boolean {
  return (
    pods.length + 1 <= allocatable.pods &&
    used.cpu + requests.cpu <= allocatable.cpu &&
    used.memory + requests.memory <= allocatable.memory &&
    used.gpus + requests.gpus <= allocatable.gpus
  );
}

/** How full a node would be with the pod: the scheduler scores the capacity that remains afterwards. */
const shareWith = ({ allocatable, used }: Node, { requests }: Pod): number =>
  (used.cpu + requests.cpu) / allocatable.cpu + (used.memory + requests.memory) / allocatable.memory;

/**
 * Hard constraints between pods: `DoNotSchedule` spread over the nodes that admit the pod, and required anti-affinity to pods of a
 * selector on any node. Returns whether one more pod on a node keeps them.
 */
function spreadOver(pod: Pod, candidates: readonly Node[], nodes: readonly Node[]): (node: Node) => boolean {
  const { topologySpreadConstraints = [], affinity } = pod.spec;
  const spread = topologySpreadConstraints
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule")
    .map(({ topologyKey, maxSkew, labelSelector = {} }) => {
      const counts = matching(pod, labelSelector, topologyKey, candidates);
      const most = Math.min(...counts.values()) + maxSkew;
      return (node: Node) => (counts.get(domainOf(node, topologyKey)) ?? 0) + 1 <= most;
    });
  const apart = (affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(
    ({ topologyKey, labelSelector = {} }) => {
      const counts = matching(pod, labelSelector, topologyKey, nodes);
      return (node: Node) => (counts.get(domainOf(node, topologyKey)) ?? 0) === 0;
    },
  );
  const constraints = [...spread, ...apart];
  return (node) => constraints.every((isKept) => isKept(node));
}

const domainOf = (node: Node, topologyKey: string): string | undefined =>
  topologyKey === HOSTNAME ? node.name : node.labels[topologyKey];

/** Pods in the same namespace that a selector selects, by domain. */
function matching(
  pod: Pod,
  selector: Parameters<typeof selects>[0],
  topologyKey: string,
  nodes: readonly Node[],
): Map<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const node of nodes) {
    const domain = domainOf(node, topologyKey);
    if (domain === undefined) continue;
    const count = node.pods.filter(
      ({ namespace, labels }) => namespace === pod.namespace && selects(selector, labels),
    ).length;
    counts.set(domain, (counts.get(domain) ?? 0) + count);
  }
  return counts;
}
