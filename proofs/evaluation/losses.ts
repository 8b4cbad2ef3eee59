import { groupBy } from "../../platform/group-by.ts";
import type { NodeGroup } from "../../plan/model/nodes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { largestFirst } from "./arrival-orders.ts";
import { nodesOf, podsOf } from "./packing.ts";
import { type Node, place, type Pod } from "./scheduling.ts";

/** Nodes that fail together, and what that leaves. */
export interface Loss {
  /** Undefined for the GPU nodes of all zones. */
  readonly zone: string | undefined;
  /** Workloads with fewer pods than their minimum until the nodes are back. Those without any come first. */
  readonly short: readonly ShortWorkload[];
}

/** Numbers of pods. */
export interface ShortWorkload {
  /** `Deployment application/api`. */
  readonly source: string;
  readonly running: number;
  readonly minimum: number;
}

type IsLost = (node: Pick<NodeGroup, "zone" | "allocatable">) => boolean;

const ZONE = "topology.kubernetes.io/zone";
/** Their pods end by themselves. */
const ENDING = new Set(["Job", "CronJob"]);

/**
 * What the loss of each zone and of all GPU nodes leaves at minimum replicas, once the autoscaler has added the nodes that it may
 * elsewhere. A pod whose volume is in a lost zone waits for the zone. Where nodes show no zones, there is none to lose.
 */
export function lossesOf(plan: Plan): Loss[] {
  const zones = [...new Set(plan.nodeGroups.flatMap(({ zone }) => zone ?? []))];
  const losses: [zone: string | undefined, isLost: IsLost][] = [
    ...(zones.length > 1 ? zones : []).map((lost): [string, IsLost] => [lost, ({ zone }) => zone === lost]),
    [undefined, ({ allocatable }) => allocatable.gpus > 0],
  ];
  const pods = lastingPods(plan);
  const before = nodesOf(plan, ({ max }) => max);
  place(pods, before);
  return losses
    .filter(([, isLost]) => plan.nodeGroups.some(isLost))
    .map(([zone, isLost]) => ({ zone, short: shortWorkloads(plan, { pods, before, isLost }) }));
}

function lastingPods(plan: Plan): readonly Pod[] {
  const ending = new Set(plan.podSources.filter(({ kind }) => ENDING.has(kind)).map(({ description }) => description));
  return largestFirst(podsOf(plan, ({ replicas }) => replicas.min).filter(({ source }) => !ending.has(source)));
}

interface Before {
  readonly pods: readonly Pod[];
  /** All nodes, with the pods on them. */
  readonly before: readonly Node[];
  readonly isLost: IsLost;
}

function shortWorkloads(plan: Plan, { pods, before, isLost }: Before): ShortWorkload[] {
  const keeps = keepsVolume(plan);
  const lost = before.filter(({ labels, allocatable }) => isLost({ zone: labels[ZONE], allocatable }));
  const waiting = countBySource(lost.flatMap((node) => node.pods).filter(keeps));
  const movable = [...groupBy(pods, ({ source }) => source)].flatMap(([source, same]) =>
    same.slice(waiting.get(source) ?? 0),
  );
  const nodes = nodesOf(plan, (group) => (isLost(group) ? 0 : group.max));
  const left = countBySource(place(largestFirst(movable), nodes));
  return [...countBySource(pods)]
    .map(([source, minimum]) => ({
      source,
      running: minimum - (waiting.get(source) ?? 0) - (left.get(source) ?? 0),
      minimum,
    }))
    .filter(({ running, minimum }) => running < minimum)
    .toSorted((one, other) => Math.sign(one.running) - Math.sign(other.running));
}

const countBySource = (pods: readonly Pod[]): Map<string, number> =>
  new Map([...groupBy(pods, ({ source }) => source)].map(([source, same]) => [source, same.length]));

/** Whether each pod of a source has a volume of its own. */
function keepsVolume({ podSources, operatedPods }: Plan): (pod: Pod) => boolean {
  const sources = new Set([
    ...podSources
      .filter(
        ({ object }) => (object.spec as { volumeClaimTemplates?: readonly object[] }).volumeClaimTemplates?.length,
      )
      .map(({ description }) => description),
    ...operatedPods.filter(({ volumes }) => volumes).map(({ by, name }) => `${by} ${name}`),
  ]);
  return ({ source }) => sources.has(source);
}
