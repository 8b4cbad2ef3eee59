import type { Cloud } from "../clouds.ts";

/**
 * Machine types that pools may use. Recorded 2026-11-22.
 *
 * aws: vCPU, memory and GPUs from https://docs.aws.amazon.com/ec2/latest/instancetypes/ (general purpose, memory optimized,
 * accelerated computing); `maxPods` from misc/eni-max-pods.txt of amazon-vpc-cni-k8s v1.23.1, without prefix delegation;
 * regions from "EC2 instance types by Region" of the same documentation.
 *
 * linode: https://techdocs.akamai.com/cloud-computing/docs/compute-instance-plan-types and `GET /v4/linode/types`;
 * GPU regions from https://techdocs.akamai.com/cloud-computing/docs/gpu-compute-instances. LKE sets kubelet's own limit
 * of 110 pods. Of its regions, those with GPUs and with object storage of the type in names.ts.
 *
 * Memory of a GPU is what nvidia-smi shows, which is less than what is sold: 23034 MiB on an L4 and 23028 MiB on an A10G of "24 GB",
 * because ECC takes a sixteenth.
 */
export interface MachineType {
  readonly name: string;
  readonly cloud: Cloud;
  readonly vcpu: number;
  /** As sold, in GiB; what a pod can have of it is `allocatable`. */
  readonly memoryGiB: number;
  readonly gpus: number;
  /** Memory of one of its GPUs, in GiB; 0 where there is none. */
  readonly gpuMemoryGiB: number;
  readonly maxPods: number;
  readonly regions: readonly string[];
}

/** The regions that the rows below know. Where nodes are there already, there are none. */
export const regions: Readonly<Record<Cloud, readonly string[]>> = {
  aws: ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"],
  linode: ["fr-par", "jp-osa", "us-ord", "us-sea"],
  local: [],
};

type Size = readonly [vcpu: number, memoryGiB: number];

function ec2(name: string, [vcpu, memoryGiB]: Size, maxPods: number): MachineType {
  return { name, cloud: "aws", vcpu, memoryGiB, gpus: 0, gpuMemoryGiB: 0, maxPods, regions: regions.aws };
}

const LKE_MAX_PODS = 110;

function linode(name: string, [vcpu, memoryGiB]: Size): MachineType {
  return {
    ...{ name, cloud: "linode", vcpu, memoryGiB, gpus: 0, gpuMemoryGiB: 0 },
    ...{ maxPods: LKE_MAX_PODS, regions: regions.linode },
  };
}

/** Zones of AWS regions: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html, 2026-11-28. */
export const zoneLetters: Readonly<Record<string, readonly string[]>> = {
  "eu-central-1": ["a", "b", "c"],
  "eu-west-1": ["a", "b", "c"],
  "us-east-1": ["a", "b", "c", "d", "e", "f"],
  "us-west-2": ["a", "b", "c", "d"],
};

const l4 = { gpus: 1, gpuMemoryGiB: 23_034 / 1024, regions: ["eu-central-1", "us-east-1", "us-west-2"] };
const a10g = { gpus: 1, gpuMemoryGiB: 23_028 / 1024 };
/** NVIDIA RTX 4000 Ada. All regions above have it. */
const ada = { gpus: 1, gpuMemoryGiB: 20 };

/** In order of preference among equals: a pool that states its needs takes the first row that is just large enough. */
export const machineTypes: readonly MachineType[] = [
  ec2("t3.large", [2, 8], 35),
  ec2("m6i.large", [2, 8], 29),
  ec2("m5.large", [2, 8], 29),
  ec2("t3.xlarge", [4, 16], 58),
  ec2("m6i.xlarge", [4, 16], 58),
  ec2("m5.xlarge", [4, 16], 58),
  ec2("r5.large", [2, 16], 29),
  ec2("r6i.large", [2, 16], 29),
  ec2("r5.xlarge", [4, 32], 58),
  ec2("r6i.xlarge", [4, 32], 58),
  ec2("m6i.2xlarge", [8, 32], 58),
  ec2("m5.2xlarge", [8, 32], 58),
  { ...ec2("g6.xlarge", [4, 16], 58), ...l4 },
  { ...ec2("g5.xlarge", [4, 16], 58), ...a10g },
  { ...ec2("g6.2xlarge", [8, 32], 58), ...l4 },
  { ...ec2("g5.2xlarge", [8, 32], 58), ...a10g },
  linode("g6-standard-2", [2, 4]),
  linode("g6-dedicated-2", [2, 4]),
  linode("g6-standard-4", [4, 8]),
  linode("g6-dedicated-4", [4, 8]),
  linode("g6-standard-6", [6, 16]),
  linode("g6-standard-8", [8, 32]),
  linode("g6-dedicated-8", [8, 16]),
  linode("g6-standard-16", [16, 64]),
  linode("g6-dedicated-16", [16, 32]),
  { ...linode("g2-gpu-rtx4000a1-s", [4, 16]), ...ada },
  { ...linode("g2-gpu-rtx4000a1-m", [8, 32]), ...ada },
  { ...linode("g2-gpu-rtx4000a1-l", [16, 64]), ...ada },
];

/** Types that a cloud sells and an environment cannot have, each with the reason and what to take. */
export const refusedTypes: ReadonlyMap<string, string> = new Map([
  ["g1-gpu-rtx6000-1", "cannot be deployed within LKE, says Akamai. Take g2-gpu-rtx4000a1-m, or state 'needs'"],
]);

export function findMachineType(name: string): MachineType | undefined {
  return machineTypes.find((type) => type.name === name);
}
