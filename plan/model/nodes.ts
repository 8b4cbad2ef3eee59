import {
  type Capacity,
  declaredAllocatable,
  eksAllocatable,
  lkeAllocatable,
} from "../../platform/catalogue/allocatable.ts";
import { findMachineType } from "../../platform/catalogue/machine-types.ts";
import type { Labels } from "./kubernetes.ts";
import {
  isObject,
  known,
  knownNumber,
  knownText,
  originsOf,
  type Recorded,
  type RecordedResource,
} from "./recorded.ts";

export interface NodeTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** Nodes of one pool in one zone, bought in one way, as the cloud was told to make them. */
export interface NodeGroup {
  readonly pool: string;
  /** Undefined where the cloud shows no zones. */
  readonly zone: string | undefined;
  readonly min: number;
  readonly max: number;
  readonly labels: Labels;
  readonly taints: readonly NodeTaint[];
  /** What pods may request of one node: the least that any of its machine types has. */
  readonly allocatable: Capacity;
  /** The cloud may take them back. */
  readonly spot: boolean;
}

const ZONE = "topology.kubernetes.io/zone";
const readers: Readonly<
  Record<string, (resource: RecordedResource, resources: readonly RecordedResource[]) => NodeGroup[]>
> = {
  "aws:eks/nodeGroup:NodeGroup": readEksNodeGroup,
  "linode:index/lkeCluster:LkeCluster": readLkeCluster,
  "linode:index/lkeNodePool:LkeNodePool": readLkeNodePool,
  "promptops:local:DeclaredPool": readDeclaredPool,
};

/** The nodes that the recorded resources come to. */
export function nodeGroupsOf(resources: readonly RecordedResource[]): NodeGroup[] {
  return resources.flatMap((resource) => readers[resource.type]?.(resource, resources) ?? []);
}

function readEksNodeGroup(group: RecordedResource, resources: readonly RecordedResource[]): NodeGroup[] {
  const zone = zoneOf(group, resources);
  const labels = labelsOf(known(group, "labels"));
  return [
    {
      pool: labels["workload"] ?? group.name,
      zone,
      min: knownNumber(group, "scalingConfig.minSize"),
      max: knownNumber(group, "scalingConfig.maxSize"),
      labels: { ...labels, [ZONE]: zone },
      taints: taintsOf(known(group, "taints")),
      allocatable: machinesOf(group).map(eksAllocatable).reduce(least),
      spot: known(group, "capacityType") === "SPOT",
    },
  ];
}

function readLkeCluster(cluster: RecordedResource): NodeGroup[] {
  const pools = cluster.inputs["pools"];
  return listOf(pools).map((_, index) => readLkePool(cluster, { at: `pools.${index}.`, count: "count" }));
}

function readLkeNodePool(pool: RecordedResource): NodeGroup[] {
  return [readLkePool(pool, { at: "", count: "nodeCount" })];
}

/** A pool that comes with the cluster and one that stands alone say the same, at other paths. Without an autoscaler it keeps its nodes. */
function readLkePool(resource: RecordedResource, { at, count }: { at: string; count: string }): NodeGroup {
  const labels = labelsOf(known(resource, `${at}labels`));
  const type = knownText(resource, `${at}type`);
  const machine = findMachineType(type);
  if (!machine) throw new Error(`${resource.name}: '${type}' is not in the catalogue of machine types.`);
  const scales = known(resource, `${at}autoscaler`) !== undefined;
  const bound = (which: "min" | "max"): number =>
    knownNumber(resource, scales ? `${at}autoscaler.${which}` : `${at}${count}`);
  return {
    pool: labels["workload"] ?? resource.name,
    zone: undefined,
    min: bound("min"),
    max: bound("max"),
    labels,
    taints: taintsOf(known(resource, `${at}taints`)),
    allocatable: lkeAllocatable(machine),
    spot: false,
  };
}

/** The zone of the one subnet that the group stands in. */
function zoneOf(group: RecordedResource, resources: readonly RecordedResource[]): string {
  const subnets = group.inputs["subnetIds"];
  const origins = listOf(subnets).flatMap((id) => originsOf(id) ?? []);
  const zones = new Set(
    resources.filter(({ urn }) => origins.includes(urn)).map((subnet) => knownText(subnet, "availabilityZone")),
  );
  const [zone, ...others] = zones;
  if (zone === undefined || others.length > 0) {
    throw new Error(
      `Node group '${group.name}' stands in ${zones.size} zones; capacity a zone is known only where it is one.`,
    );
  }
  return zone;
}

function machinesOf(group: RecordedResource): NonNullable<ReturnType<typeof findMachineType>>[] {
  return listOf(known(group, "instanceTypes")).map((name) => {
    const machine = findMachineType(text(name));
    if (!machine)
      throw new Error(`Node group '${group.name}': '${text(name)}' is not in the catalogue of machine types.`);
    return machine;
  });
}

const least = (one: Capacity, other: Capacity): Capacity => ({
  cpu: Math.min(one.cpu, other.cpu),
  memory: Math.min(one.memory, other.memory),
  pods: Math.min(one.pods, other.pods),
  gpus: Math.min(one.gpus, other.gpus),
});

function readDeclaredPool(pool: RecordedResource): NodeGroup[] {
  const shares = pool.inputs["shares"];
  const machine = {
    vcpu: knownNumber(pool, "vcpu"),
    memoryGiB: knownNumber(pool, "memoryGiB"),
    gpus: knownNumber(pool, "gpus"),
    maxPods: knownNumber(pool, "maxPods"),
  };
  return listOf(shares).map((_, index) => {
    const zone = knownText(pool, `shares.${index}.zone`);
    return {
      pool: pool.name,
      zone,
      min: knownNumber(pool, `shares.${index}.min`),
      max: knownNumber(pool, `shares.${index}.max`),
      labels: { ...labelsOf(known(pool, `shares.${index}.labels`)), [ZONE]: zone },
      taints: taintsOf(known(pool, "taints")),
      allocatable: declaredAllocatable(machine),
      spot: false,
    };
  });
}

const listOf = (value: Recorded | undefined): readonly Recorded[] =>
  Array.isArray(value) ? (value as readonly Recorded[]) : [];

const text = (value: Recorded | undefined): string => (typeof value === "string" ? value : "");

function labelsOf(value: Recorded | undefined): Labels {
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, label]) => [key, text(label)])) : {};
}

/** EKS writes an effect as NO_SCHEDULE, Kubernetes as NoSchedule. */
function taintsOf(value: Recorded | undefined): NodeTaint[] {
  const effects: Readonly<Record<string, string>> = {
    NO_SCHEDULE: "NoSchedule",
    NO_EXECUTE: "NoExecute",
    PREFER_NO_SCHEDULE: "PreferNoSchedule",
  };
  return listOf(value)
    .filter(isObject)
    .map((taint) => ({
      key: text(taint["key"]),
      value: text(taint["value"]),
      effect: effects[text(taint["effect"])] ?? text(taint["effect"]),
    }));
}
