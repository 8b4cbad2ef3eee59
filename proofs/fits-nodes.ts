import { formatBytes, formatMillicores } from "../platform/quantity.ts";
import { groupBy } from "../platform/group-by.ts";
import type { NodeGroup } from "../plan/model/nodes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Proof } from "./proof.ts";
import { admits, fits, type Node, place, type Pod, usedOf } from "./scheduling.ts";

export const fitsNodes: Proof = {
  name: "fits-nodes",
  claim: "Every pod fits on some node, and all pods at maximum replicas fit at maximum nodes, zone by zone.",
  examine(plan) {
    const empty = nodesOf(plan, ({ max }) => max);
    const perNode = empty.flatMap((node) => agentFailures(node));
    const homeless = podsOf(plan).flatMap((pod) => homelessFailures(pod, empty));
    if (perNode.length + homeless.length > 0) return { evidence: [], failures: unique([...perNode, ...homeless]) };

    // In which order pods come is not ours to say. The largest first is the kindest order, the smallest first the worst.
    const descending = podsOf(plan).toSorted((one, other) => size(other) - size(one));
    const orders = [descending, descending.toReversed()].map((pods) => {
      const nodes = nodesOf(plan, ({ max }) => max);
      return { nodes, left: place(pods, nodes) };
    });
    return {
      evidence: orders.slice(0, 1).flatMap(({ nodes }) => describeUse(nodes)),
      failures: unique(orders.flatMap(({ nodes, left }) => describeLeft(left, nodes))),
    };
  },
};

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** One number to order pods by: a GPU outweighs everything, a core is worth 4 GiB. */
const size = ({ requests }: Pod): number => requests.gpus * 1e6 + requests.cpu + requests.memory / 2 ** 32 / 1000;

/** So many nodes of each group, with what runs on every one of them already in place. */
function nodesOf(plan: Plan, countOf: (group: NodeGroup) => number): Node[] {
  const agents = agentsOf(plan);
  return plan.nodeGroups.flatMap((group) =>
    Array.from({ length: countOf(group) }, (_, index): Node => {
      const { pool, zone, labels, taints, allocatable } = group;
      const node = { name: `${pool}-${zone}-${index}`, pool, labels, taints, allocatable };
      return { ...node, pods: agents.filter((agent) => admits(node, agent)) };
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

function agentFailures(node: Node): string[] {
  const { pods, allocatable, pool } = node;
  const used = usedOf(pods);
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
    const used = usedOf(members.flatMap(({ pods }) => pods));
    const cpu = members.reduce((sum, { allocatable }) => sum + allocatable.cpu, 0);
    const memory = members.reduce((sum, { allocatable }) => sum + allocatable.memory, 0);
    const pods = members.reduce((sum, member) => sum + member.pods.length, 0);
    return `${place}: ${pods} pods on ${members.length} nodes, CPU ${percent(used.cpu, cpu)}, memory ${percent(used.memory, memory)}`;
  });
}

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`;

function describeRequests({ cpu, memory, gpus }: Pod["requests"]): string {
  return [`${formatMillicores(cpu)} CPU`, formatBytes(memory), ...(gpus > 0 ? [`${gpus} GPU`] : [])].join(", ");
}
