import { formatBytes, formatMillicores } from "../platform/quantity.ts";
import { groupBy } from "../platform/group-by.ts";
import type { NodeGroup } from "../plan/model/nodes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Proof } from "./proof.ts";
import { arrivalOrders } from "./arrival-orders.ts";
import { admits, bind, emptyNode, fits, type Node, place, type Pod, preferences } from "./scheduling.ts";

export const fitsNodes: Proof = {
  name: "fits-nodes",
  claim: "Every pod fits on some node, and all pods at maximum replicas fit at maximum nodes, zone by zone.",
  examine(plan) {
    const empty = nodesOf(plan, ({ max }) => max);
    const perNode = empty.flatMap((node) => agentFailures(node));
    const homeless = podsOf(plan).flatMap((pod) => homelessFailures(pod, empty));
    if (perNode.length + homeless.length > 0) return { evidence: [], failures: unique([...perNode, ...homeless]) };

    // In which order pods come is not ours to say, so all are placed in many: what fits in one may not in another.
    const results = arrivalOrders(podsOf(plan)).flatMap((pods) =>
      preferences.map((preference) => {
        const nodes = nodesOf(plan, ({ max }) => max);
        return { nodes, left: place(pods, nodes, preference) };
      }),
    );
    return {
      evidence: results.slice(0, 1).flatMap(({ nodes }) => describeUse(nodes)),
      failures: unique(worstOf(results).flatMap(({ nodes, left }) => describeLeft(left, nodes))),
    };
  },
};

/** The order that leaves most pods without a node: one message is enough. */
function worstOf<Result extends { readonly left: readonly Pod[] }>(results: readonly Result[]): Result[] {
  return results.toSorted((one, other) => other.left.length - one.left.length).slice(0, 1);
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** So many nodes of each group, with what runs on every one of them already in place. */
function nodesOf(plan: Plan, countOf: (group: NodeGroup) => number): Node[] {
  const agents = agentsOf(plan);
  return plan.nodeGroups.flatMap((group) =>
    Array.from({ length: countOf(group) }, (_, index): Node => {
      const { pool, zone, labels, taints, allocatable } = group;
      const node = emptyNode({ name: `${pool}-${zone}-${index}`, pool, labels, taints, allocatable });
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

/** Every pod that there can be at once: maximum replicas with a rollout under way, and what charts and add-ons claim. */
function podsOf({ claims, podSources }: Plan): Pod[] {
  const own = podSources
    .filter(({ everyNode }) => !everyNode)
    .flatMap(({ description, namespace, labels, requests, spec, replicas, surge }) =>
      repeat({ source: description, namespace, labels, requests, spec }, replicas.max + surge),
    );
  const claimed = claims.flatMap(({ source, pods, requests, nodeSelector, tolerations }) =>
    pods === "every-node"
      ? []
      : repeat({ source, namespace: "", labels: {}, requests, spec: { nodeSelector, tolerations } }, pods),
  );
  return [...own, ...claimed];
}

const repeat = (pod: Pod, times: number): Pod[] => Array.from({ length: times }, () => pod);

function agentFailures({ pods, allocatable, pool, used }: Node): string[] {
  const fine = used.cpu <= allocatable.cpu && used.memory <= allocatable.memory && pods.length <= allocatable.pods;
  return fine
    ? []
    : [`Pool ${pool}: what runs on every node (${describeRequests(used)}) leaves less than nothing of a node.`];
}

function homelessFailures(pod: Pod, nodes: readonly Node[]): string[] {
  const admitting = nodes.filter((node) => admits(node, pod));
  if (admitting.length === 0) {
    const selector = JSON.stringify(pod.spec.nodeSelector ?? {});
    return [
      `${pod.source}: no pool admits its pods (node selector ${selector}, taints not tolerated). Add a pool, or change what the pod asks for.`,
    ];
  }
  if (admitting.some((node) => fits(node, pod.requests))) return [];
  const [largest] = admitting.toSorted((one, other) => other.allocatable.cpu - one.allocatable.cpu);
  const room = largest
    ? `${formatMillicores(largest.allocatable.cpu)} CPU, ${formatBytes(largest.allocatable.memory)}`
    : "nothing";
  return [
    `${pod.source}: a pod asks for ${describeRequests(pod.requests)}, more than any node that admits it has left (${room} with its agents). Ask for less, or give the pool larger machines.`,
  ];
}

function describeLeft(left: readonly Pod[], nodes: readonly Node[]): string[] {
  return [...groupBy(left, ({ source }) => source)].map(([source, pods]) => {
    const [pod] = pods;
    const pools = pod ? unique(nodes.filter((node) => admits(node, pod)).map(({ pool }) => pool)) : [];
    return `${source}: at maximum replicas ${pods.length} of its pods find no room on pool ${pools.join(", ")} at maximum nodes. Raise the pool's 'max', or lower the replicas.`;
  });
}

/** Use of each pool and zone at maximum: `application eu-central-1a: 33 pods on 7 nodes, CPU 52 %, memory 31 %`. */
function describeUse(nodes: readonly Node[]): string[] {
  const places = groupBy(nodes, ({ pool, labels }) => `${pool} ${labels["topology.kubernetes.io/zone"] ?? ""}`);
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
    return `${place}: ${sum(({ pods }) => pods.length)} pods on ${members.length} nodes, CPU ${cpu}, memory ${memory}`;
  });
}

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`;

function describeRequests({ cpu, memory, gpus }: Pod["requests"]): string {
  return [`${formatMillicores(cpu)} CPU`, formatBytes(memory), ...(gpus > 0 ? [`${gpus} GPU`] : [])].join(", ");
}
