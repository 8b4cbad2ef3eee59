import { groupBy } from "../../platform/group-by.ts";
import type { Pod } from "./scheduling.ts";

const SHUFFLES = 12;

/**
 * Orders in which pods may reach the scheduler: largest first, smallest first, each workload before all the
 * others, one of each in turn, and twelve shuffles that are the same every time.
 */
export function arrivalOrders(pods: readonly Pod[]): Pod[][] {
  const descending = largestFirst(pods);
  const workloads = [...groupBy(pods, ({ source }) => source).values()];
  const eachFirst = workloads.map((first) => [...first, ...workloads.filter((others) => others !== first).flat()]);
  const inTurn = Array.from({ length: Math.max(0, ...workloads.map(({ length }) => length)) }, (_, turn) =>
    workloads.flatMap((workload) => workload[turn] ?? []),
  ).flat();
  const shuffles = Array.from({ length: SHUFFLES }, (_, seed) => shuffle(pods, seed));
  return [descending, descending.toReversed(), ...eachFirst, inTurn, ...shuffles];
}

/** The order in which most pods find room. */
export const largestFirst = (pods: readonly Pod[]): Pod[] => pods.toSorted((one, other) => size(other) - size(one));

/** Sort key of a pod: a GPU outweighs everything, and a core counts as 4 GiB. */
const size = ({ requests }: Pod): number => requests.gpus * 1e6 + requests.cpu + (requests.memory / 2 ** 32) * 1000;

/** Fisher and Yates' shuffle with a linear congruential generator (constants from Numerical Recipes), so that plans are reproducible. */
function shuffle(pods: readonly Pod[], seed: number): Pod[] {
  const shuffled = [...pods];
  let state = seed + 1;
  for (let last = shuffled.length - 1; last > 0; last--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]] as [Pod, Pod];
  }
  return shuffled;
}
