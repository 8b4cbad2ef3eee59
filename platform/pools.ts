import { findMachineType, type MachineType, machineTypes } from "./catalogue/machine-types.ts";
import { type Cloud, cloudFacts } from "./clouds.ts";
import { type Environment, type Pool, regionOf, zonesOf } from "./environment.ts";
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

/** Pods choose a pool by this label; the taint of a dedicated pool has the same key and value. */
export const POOL_LABEL = "workload";
/** "true" on nodes that the cloud may take back; pods spread over it, so that some of each service stand elsewhere. */
export const SPOT_LABEL = "spot";

export function poolTaint(name: string): Taint {
  return { key: POOL_LABEL, value: name, effect: "NoSchedule" };
}

export function resolvePools(environment: Environment): ResolvedPool[] {
  return Object.entries(environment.pools).map(([name, pool]) => resolvePool(environment, name, pool));
}

function resolvePool(environment: Environment, name: string, pool: Pool): ResolvedPool {
  const [machine, ...others] = machinesFor({ cloud: environment.cloud, region: regionOf(environment) }, pool);
  if (!machine) throw new Error(`Pool '${name}': no machine type fits. Read the environment before its pools.`);
  const spot = (pool.spot ?? false) && cloudFacts[environment.cloud].spotNodes;
  const hasGpus = machine.gpus > 0;
  const labels = {
    [POOL_LABEL]: name,
    // NVIDIA's device plugin runs where this label is, and nowhere else.
    ...(hasGpus && { "nvidia.com/gpu.present": "true" }),
  };
  return {
    name,
    machines: spot ? [machine, ...others.slice(0, MAX_SPOT_TYPES - 1)] : [machine],
    shares: zoneBounds(environment, pool)
      .flatMap((bounds) => (spot ? floorAndSpot(bounds) : [{ ...bounds, spot: false }]))
      .map((share) => ({ ...share, labels: { ...labels, [SPOT_LABEL]: String(share.spot) } })),
    taints: [...(pool.dedicated ? [poolTaint(name)] : []), ...(hasGpus ? [GPU_TAINT] : [])],
  };
}

interface Bounds {
  readonly zone: string | undefined;
  readonly min: number;
  readonly max: number;
}

function zoneBounds(environment: Environment, pool: Pool): Bounds[] {
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
export function machinesFor({ cloud, region }: Place, pool: Pool): MachineType[] {
  if (cloudFacts[cloud].nodes === "declared") return declaredMachine(pool);
  const offered = machineTypes.filter(
    (type) => type.cloud === cloud && (region === undefined || type.regions.includes(region)),
  );
  const first = pool.type === undefined ? smallest(offered, pool) : findMachineType(pool.type);
  if (!first || !offered.includes(first)) return [];
  const twins = offered.filter((type) => type !== first && isSameSize(type, first));
  return [first, ...twins];
}

function smallest(offered: readonly MachineType[], { needs }: Pool): MachineType | undefined {
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

/** Where the nodes are somebody else's, what the pool needs is what its owner says they have. */
function declaredMachine({ needs }: Pool): MachineType[] {
  if (!needs) return [];
  const { vcpu, memory, gpus = 0 } = needs;
  const machine = { name: "declared", cloud: "local", vcpu, memoryGiB: gibibytes(memory), gpus } as const;
  return [{ ...machine, gpuMemoryGiB: 0, maxPods: DEFAULT_MAX_PODS, regions: [] }];
}

const gibibytes = (quantity: string): number => parseQuantity(quantity) / 2 ** 30;
