import { count } from "../../platform/count.ts";
import { groupBy } from "../../platform/group-by.ts";
import type { NodeGroup } from "../../plan/model/nodes.ts";
import type { OperatedPods } from "../../plan/model/operated.ts";
import type { Plan } from "../../plan/model/plan.ts";
import type { PodSource } from "../../plan/model/pods.ts";
import { arrivalOrders } from "./arrival-orders.ts";
import {
  admits,
  admittingNodes,
  bind,
  copyOf,
  emptyNode,
  type Node,
  place,
  type Pod,
  preferences,
} from "./scheduling.ts";

export interface Packing {
  readonly nodes: readonly Node[];
  /** Pods that found no node. */
  readonly left: readonly Pod[];
}

/**
 * Places pods on nodes in many orders and by each preference, and returns the worst result. The order of arrival is unknown, and
 * pods that fit in one order may not fit in another.
 */
export function packings(pods: readonly Pod[], nodes: readonly Node[]): Packing[] {
  const admitting = admittingNodes(nodes);
  const results = arrivalOrders(pods).flatMap((order) =>
    preferences.map((preference): Packing => {
      const fresh = nodes.map(copyOf);
      return { nodes: fresh, left: place(order, fresh, { preference, admitting }) };
    }),
  );
  return results.toSorted((one, other) => other.left.length - one.left.length);
}

/** Pods without a node by their source, each with the pools that would admit them. */
export function leftBySource({ nodes, left }: Packing): { source: string; count: number; pools: string }[] {
  return [...groupBy(left, ({ source }) => source)].map(([source, pods]) => {
    const [pod] = pods;
    const pools = pod ? new Set(nodes.filter((node) => admits(node, pod)).map(({ pool }) => pool)) : [];
    return { source, count: pods.length, pools: [...pools].join(", ") };
  });
}

/** The nodes of each group, with their node agents already placed. */
export function nodesOf(plan: Plan, countOf: (group: NodeGroup) => number): Node[] {
  const agents = agentsOf(plan);
  return plan.nodeGroups.flatMap((group) =>
    Array.from({ length: countOf(group) }, (_, index): Node => {
      const { pool, zone, spot, labels, taints, allocatable } = group;
      const node = emptyNode({
        name: [pool, ...(zone === undefined ? [] : [zone]), ...(spot ? ["spot"] : []), index].join("-"),
        pool,
        labels,
        taints,
        allocatable,
      });
      for (const agent of agents) if (admits(node, agent)) bind(node, agent);
      return node;
    }),
  );
}

function agentsOf({ claims, podSources }: Plan): Pod[] {
  return [
    ...claims
      .filter(({ pods }) => pods === "every-node")
      .map(({ source, requests, nodeSelector, tolerations }) => ({
        source,
        namespace: "",
        labels: {},
        requests,
        spec: { nodeSelector, tolerations },
      })),
    ...podSources
      .filter(({ everyNode }) => everyNode)
      .map(({ description, namespace, labels, requests, spec }) => ({
        source: description,
        namespace,
        labels,
        requests,
        spec,
      })),
  ];
}

/** How many pods there are of something. */
export type Size = Pick<PodSource, "replicas" | "surge">;

/** The pods of each source, and those that add-ons claim. */
export function podsOf({ claims, operatedPods, podSources }: Plan, countOf: (size: Size) => number): Pod[] {
  const own = podSources
    .filter(({ everyNode }) => !everyNode)
    .flatMap((source) => {
      const { description, namespace, labels, requests, spec } = source;
      return repeat({ source: description, namespace, labels, requests, spec }, countOf(source));
    });
  // How operators roll is theirs: no surge is known.
  const operated = operatedPods.flatMap((operator) =>
    repeat(operatedPod(operator), countOf({ replicas: operator.replicas, surge: 0 })),
  );
  const claimed = claims.flatMap(({ source, pods, requests, nodeSelector, tolerations }) =>
    pods === "every-node"
      ? []
      : repeat({ source, namespace: "", labels: {}, requests, spec: { nodeSelector, tolerations } }, pods),
  );
  return [...own, ...operated, ...claimed];
}

function operatedPod(operator: OperatedPods): Pod {
  const { by, namespace, name, labels, requests, nodeSelector, tolerations, apart, topologySpreadConstraints } =
    operator;
  const podAntiAffinity =
    apart === undefined ? undefined : { topologyKey: apart, labelSelector: { matchLabels: labels } };
  return {
    source: `${by} ${name}`,
    namespace,
    labels,
    requests,
    spec: {
      nodeSelector,
      tolerations,
      ...(topologySpreadConstraints && { topologySpreadConstraints }),
      ...(podAntiAffinity && {
        affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [podAntiAffinity] } },
      }),
    },
  };
}

const repeat = (pod: Pod, times: number): Pod[] => Array.from({ length: times }, () => pod);

/** Use of each pool and zone at maximum: `application eu-central-1a: 33 pods on 7 nodes, CPU 52 %, memory 31 %`. */
export function describeUse(nodes: readonly Node[]): string[] {
  const places = groupBy(nodes, ({ pool, labels }) =>
    [pool, labels["topology.kubernetes.io/zone"]].filter(Boolean).join(" "),
  );
  return [...places].map(([place, members]) => {
    const sum = (amountOf: (node: Node) => number): number =>
      members.reduce((total, node) => total + amountOf(node), 0);
    const cpu = percent(
      sum(({ used }) => used.cpu),
      sum(({ allocatable }) => allocatable.cpu),
    );
    const memory = percent(
      sum(({ used }) => used.memory),
      sum(({ allocatable }) => allocatable.memory),
    );
    return `${place}: ${count(
      sum(({ pods }) => pods.length),
      "pod",
    )} on ${count(members.length, "node")}, CPU ${cpu}, memory ${memory}`;
  });
}

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`;
