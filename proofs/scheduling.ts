import type { Capacity } from "../platform/catalogue/allocatable.ts";
import { type Labels, meets, type PodSpec, selects, type Toleration } from "../plan/model/kubernetes.ts";
import type { NodeTaint } from "../plan/model/nodes.ts";
import type { Requests } from "../plan/model/pods.ts";

/** A node as the scheduler sees it while pods are placed. */
export interface Node {
  readonly name: string;
  readonly pool: string;
  readonly labels: Labels;
  readonly taints: readonly NodeTaint[];
  readonly allocatable: Capacity;
  readonly pods: Pod[];
  /** What the pods request in all. */
  readonly used: { cpu: number; memory: number; gpus: number };
}

export function emptyNode(node: Omit<Node, "pods" | "used">): Node {
  return { ...node, pods: [], used: { cpu: 0, memory: 0, gpus: 0 } };
}

/** Puts a pod onto a node, whether or not it fits: the caller has asked. */
export function bind(node: Node, pod: Pod): void {
  node.pods.push(pod);
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

/** Which of the nodes that may take a pod it is given to: the one with the smallest score, compared item by item. */
export type Preference = (node: Node, pod: Pod, inZone: (node: Node) => number) => readonly number[];

/**
 * What the scheduler weighs, each taken alone: spread over zones and nodes, and room left. Its own mixture lies between
 * them, and it tosses a coin among equals.
 */
export const preferences: readonly Preference[] = [spreadFirst, roomiestFirst];

/** Places pods one by one, each on the node that is preferred; returns those for which no node is left. */
export function place(pods: readonly Pod[], nodes: readonly Node[], preference: Preference = spreadFirst): Pod[] {
  const left: Pod[] = [];
  for (const pod of pods) {
    const node = choose(pod, nodes, preference);
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

function choose(pod: Pod, nodes: readonly Node[], preference: Preference): Node | undefined {
  let best: { node: Node; score: readonly number[] } | undefined;
  const zones = countBy(pod, nodes, ZONE);
  for (const node of nodes) {
    if (!admits(node, pod) || !fits(node, pod.requests) || !keepsSpread(node, pod, nodes)) continue;
    const score = preference(node, pod, ({ labels }) => zones.get(labels[ZONE] ?? "") ?? 0);
    if (!best || isLess(score, best.score)) best = { node, score };
  }
  return best?.node;
}

function isLess(one: readonly number[], other: readonly number[]): boolean {
  const index = one.findIndex((value, at) => value !== other[at]);
  return index >= 0 && (one[index] ?? 0) < (other[index] ?? 0);
}

const twinsOn = (node: Node, { source }: Pod): number => node.pods.filter((pod) => pod.source === source).length;

function countBy(pod: Pod, nodes: readonly Node[], topologyKey: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const domain = node.labels[topologyKey];
    if (domain !== undefined) counts.set(domain, (counts.get(domain) ?? 0) + twinsOn(node, pod));
  }
  return counts;
}

/** Whether labels and taints let a pod onto a node, whatever else is there. */
export function admits(node: Pick<Node, "labels" | "taints">, { spec }: Pick<Pod, "spec">): boolean {
  return (
    Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value) &&
    meetsAffinity(node.labels, spec) &&
    node.taints.every((taint) => taint.effect === "PreferNoSchedule" || isTolerated(taint, spec.tolerations ?? []))
  );
}

/** One of the terms has to hold, and all of its expressions; no terms at all admit no node. */
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

/** How full a node would be with the pod on it: the scheduler looks at what is left afterwards, not at what is left now. */
const shareWith = ({ allocatable, used }: Node, { requests }: Pod): number =>
  (used.cpu + requests.cpu) / allocatable.cpu + (used.memory + requests.memory) / allocatable.memory;

/** Hard constraints between pods: `DoNotSchedule` spread, and required anti-affinity to pods of a selector. */
function keepsSpread(node: Node, pod: Pod, nodes: readonly Node[]): boolean {
  const { topologySpreadConstraints = [], affinity } = pod.spec;
  const apart = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const spread = topologySpreadConstraints
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule")
    .every(({ topologyKey, maxSkew, labelSelector = {} }) => {
      const counts = matching(
        pod,
        labelSelector,
        topologyKey,
        nodes.filter((other) => admits(other, pod)),
      );
      const here = counts.get(domainOf(node, topologyKey)) ?? 0;
      return here + 1 - Math.min(...counts.values()) <= maxSkew;
    });
  return (
    spread &&
    apart.every(({ topologyKey, labelSelector = {} }) => {
      const counts = matching(pod, labelSelector, topologyKey, nodes);
      return (counts.get(domainOf(node, topologyKey)) ?? 0) === 0;
    })
  );
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
