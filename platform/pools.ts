import { POOL_LABEL } from "./names.ts";
import { findMachineType, type MachineType, machineTypes } from "./catalogue/machine-types.ts";
import { type Cloud, cloudFacts } from "./clouds.ts";
import { type Environment, regionOf, zonesOf } from "./environment.ts";
import type { PoolShape } from "./pool-schema.ts";
import { parseQuantity } from "./quantity.ts";

/** Nodes of a pool in one zone that are bought in one way. */
export interface NodeShare {
  /** Undefined where the cloud shows no zones. */
  readonly zone: string | undefined;
  /** Bought on the spot market, so taken back at two minutes' notice or none. */
  readonly spot: boolean;
  readonly min: number;
  readonly max: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule";
}

/** A pool with every default applied: what each cloud builds from. */
export interface ResolvedPool {
  readonly name: string;
  /** Counts the machines and shapes that the pool has had. */
  readonly generation: number;
  /** Its successor stands, and its nodes are drained: they take no new pods. */
  readonly retiring: boolean;
  /** Types of one size, the first preferred; several where the pool is spot, so that one market's end is not the pool's. */
  readonly machines: readonly [MachineType, ...MachineType[]];
  /** One a zone, and one more where the pool is spot. */
  readonly shares: readonly NodeShare[];
  readonly taints: readonly Taint[];
}

/** kubelet's default limit, which holds where no network plug-in sets a lower one. */
const DEFAULT_MAX_PODS = 110;
const MAX_SPOT_TYPES = 3;
export const GPU_TAINT: Taint = { key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" };

/** Where everything runs that asks for no pool of its own. */
export const BASELINE_POOL = "application";

/** On LKE, the pool of the one node that a cluster comes with. It takes no pods. */
export const FIRST_POOL = "first";

export { POOL_LABEL };
/** "true" on nodes that the cloud may take back; pods spread over it, so that some of each service stand elsewhere. */
export const SPOT_LABEL = "spot";
/** Which generation of its pool a node is of. */
export const GENERATION_LABEL = "generation";
/** A pool's name with its generation: what is made of a generation is called so. */
export const generationName = ({ name, generation }: Pick<ResolvedPool, "name" | "generation">): string =>
  `${name}-${generation}`;
/** Nothing tolerates it but what runs on every node. NoSchedule: pods leave by eviction, within their budgets. */
export const RETIRING_TAINT: Taint = { key: "retiring", value: "true", effect: "NoSchedule" };

export function poolTaint(name: string): Taint {
  return { key: POOL_LABEL, value: name, effect: "NoSchedule" };
}

/** Every pool; one whose generation changes twice: as it will be, and as it retires. */
export function resolvePools(environment: Environment): ResolvedPool[] {
  return Object.entries(environment.pools).flatMap(([name, pool]) => {
    const { generation = 1, retiring } = pool;
    const standing = resolvePool(environment, { name, generation, retiring: false }, pool);
    return retiring
      ? [standing, resolvePool(environment, { name, generation: generation - 1, retiring: true }, retiring)]
      : [standing];
  });
}

/** The pools on which pods may be scheduled. */
export const standingPools = (environment: Environment): ResolvedPool[] =>
  resolvePools(environment).filter(({ retiring }) => !retiring);

function resolvePool(
  environment: Environment,
  { name, generation, retiring }: Pick<ResolvedPool, "name" | "generation" | "retiring">,
  pool: PoolShape,
): ResolvedPool {
  const [machine, ...others] = machinesFor({ cloud: environment.cloud, region: regionOf(environment) }, pool);
  if (!machine) throw new Error(`Pool '${name}': no machine type fits. Read the environment before its pools.`);
  const spot = (pool.spot ?? false) && cloudFacts[environment.cloud].spotNodes;
  const hasGpus = machine.gpus > 0;
  const labels = {
    [POOL_LABEL]: name,
    [GENERATION_LABEL]: String(generation),
    // NVIDIA's device plugin runs where this label is, and nowhere else.
    ...(hasGpus && { "nvidia.com/gpu.present": "true" }),
  };
  return {
    name,
    generation,
    retiring,
    machines: spot ? [machine, ...others.slice(0, MAX_SPOT_TYPES - 1)] : [machine],
    shares: zoneBounds(environment, pool)
      .flatMap((bounds) => (spot ? floorAndSpot(bounds) : [{ ...bounds, spot: false }]))
      .map((share) => ({
        ...share,
        // Nothing keeps a node that was drained.
        min: retiring ? 0 : share.min,
        labels: { ...labels, [SPOT_LABEL]: String(share.spot) },
      })),
    taints: [
      ...(pool.dedicated ? [poolTaint(name)] : []),
      ...(hasGpus ? [GPU_TAINT] : []),
      ...(retiring ? [RETIRING_TAINT] : []),
    ],
  };
}

interface Bounds {
  readonly zone: string | undefined;
  readonly min: number;
  readonly max: number;
}

function zoneBounds(environment: Environment, pool: PoolShape): Bounds[] {
  const zones = zonesOf(environment);
  const used = zones.length === 0 ? [undefined] : (pool.zones ?? zones);
  const [min, max] = [spread(pool.nodes.min, used.length), spread(pool.nodes.max, used.length)];
  return used.map((zone, index) => ({ zone, min: min[index] ?? 0, max: max[index] ?? 0 }));
}

/**
 * The fewest nodes are never spot: a market that takes all of its nodes back at once leaves a pool that still holds
 * every service at its fewest replicas.
 */
function floorAndSpot({ zone, min, max }: Bounds): Omit<NodeShare, "labels">[] {
  const floor = { zone, spot: false, min, max: min };
  return max > min ? [floor, { zone, spot: true, min: 0, max: max - min }] : [floor];
}

/** Deals `total` out over `parts` as evenly as it goes, the larger shares first. */
export function spread(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor(total / parts) + (index < total % parts ? 1 : 0));
}

export interface Place {
  readonly cloud: Cloud;
  readonly region?: string | undefined;
}

/** The machine types that a pool may use, the best first and the others of the same size; none when nothing fits. */
export function machinesFor({ cloud, region }: Place, pool: PoolShape): MachineType[] {
  if (cloudFacts[cloud].nodes === "declared") return declaredMachine(pool);
  const offered = machineTypes.filter(
    (type) => type.cloud === cloud && (region === undefined || type.regions.includes(region)),
  );
  const first = pool.type === undefined ? smallest(offered, pool) : findMachineType(pool.type);
  if (!first || !offered.includes(first)) return [];
  const twins = offered.filter((type) => type !== first && isSameSize(type, first));
  return [first, ...twins];
}

function smallest(offered: readonly MachineType[], { needs }: PoolShape): MachineType | undefined {
  if (!needs) return undefined;
  const { vcpu, gpus = 0 } = needs;
  const memory = gibibytes(needs.memory);
  const large = offered.filter(
    (type) => type.vcpu >= vcpu && type.memoryGiB >= memory && (gpus === 0 ? type.gpus === 0 : type.gpus >= gpus),
  );
  return large.toSorted((one, other) => one.vcpu - other.vcpu || one.memoryGiB - other.memoryGiB)[0];
}

const isSameSize = (one: MachineType, other: MachineType): boolean =>
  one.vcpu === other.vcpu && one.memoryGiB === other.memoryGiB && one.gpus === other.gpus;

/** Of third-party nodes, the pool says what they have. */
function declaredMachine({ needs }: PoolShape): MachineType[] {
  if (!needs) return [];
  const { vcpu, memory, gpus = 0 } = needs;
  const machine = { name: "declared", cloud: "local", vcpu, memoryGiB: gibibytes(memory), gpus } as const;
  return [{ ...machine, gpuMemoryGiB: 0, maxPods: DEFAULT_MAX_PODS, regions: [] }];
}

const gibibytes = (quantity: string): number => parseQuantity(quantity) / 2 ** 30;
