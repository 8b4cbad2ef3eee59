import { formatBytes, formatMillicores } from "../platform/quantity.ts";
import { describeUse, leftBySource, nodesOf, type Packing, packings, podsOf, type Size } from "./evaluation/packing.ts";
import type { Proof } from "./proof.ts";
import { admits, fits, type Node, type Pod } from "./evaluation/scheduling.ts";

export const fitsNodes: Proof = {
  name: "fits-nodes",
  claim: "Every pod fits on some node, and all pods at maximum replicas fit at maximum nodes, per zone.",
  examine(plan) {
    const empty = nodesOf(plan, ({ max }) => max);
    const perNode = empty.flatMap((node) => agentFailures(node));
    const homeless = podsOf(plan, mostOf).flatMap((pod) => homelessFailures(pod, empty));
    if (perNode.length + homeless.length > 0) return { evidence: [], failures: unique([...perNode, ...homeless]) };

    const [worst] = packings(podsOf(plan, mostOf), empty);
    if (!worst) return { evidence: [], failures: [] };
    return { evidence: describeUse(worst.nodes), failures: describeLeft(worst) };
  },
};

/** Maximum replicas during a rollout. */
const mostOf = ({ replicas, surge }: Size): number => replicas.max + surge;

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

function agentFailures({ pods, allocatable, pool, used }: Node): string[] {
  const fine = used.cpu <= allocatable.cpu && used.memory <= allocatable.memory && pods.length <= allocatable.pods;
  return fine
    ? []
    : [
        `Pool ${pool}: what runs on every node (${describeRequests(used)}) exceeds the capacity of a node. Give the pool larger machines.`,
      ];
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

const describeLeft = (packing: Packing): string[] =>
  leftBySource(packing).map(
    ({ source, count, pools }) =>
      `${source}: at maximum replicas ${count} of its pods find no room on pool ${pools} at maximum nodes. Raise the pool's 'max', or lower the replicas.`,
  );

function describeRequests({ cpu, memory, gpus }: Pod["requests"]): string {
  return [`${formatMillicores(cpu)} CPU`, formatBytes(memory), ...(gpus > 0 ? [`${gpus} GPU`] : [])].join(", ");
}
