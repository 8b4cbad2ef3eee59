/**
 * EC2 instance types that pools may use. Recorded 2026-11-22.
 *
 * vCPU, memory and GPUs: https://docs.aws.amazon.com/ec2/latest/instancetypes/ (general purpose, memory optimized,
 * accelerated computing). `maxPods`: misc/eni-max-pods.txt of amazon-vpc-cni-k8s v1.23.1, without prefix delegation.
 * Regions: "EC2 instance types by Region" of the same documentation, for the regions in `regions` below.
 */
export interface MachineType {
  readonly name: string;
  readonly vcpu: number;
  /** As sold, in GiB; what a pod can have of it is `allocatable`. */
  readonly memoryGiB: number;
  readonly gpus: number;
  readonly maxPods: number;
  readonly regions: readonly string[];
}

export const regions = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"] as const;
const everywhere: readonly string[] = regions;

function machine(name: string, vcpu: number, memoryGiB: number, maxPods: number): MachineType {
  return { name, vcpu, memoryGiB, gpus: 0, maxPods, regions: everywhere };
}

/** In order of preference among equals: a pool that states its needs takes the first row that is just large enough. */
export const machineTypes: readonly MachineType[] = [
  machine("t3.large", 2, 8, 35),
  machine("m6i.large", 2, 8, 29),
  machine("m5.large", 2, 8, 29),
  machine("t3.xlarge", 4, 16, 58),
  machine("m6i.xlarge", 4, 16, 58),
  machine("m5.xlarge", 4, 16, 58),
  machine("r5.large", 2, 16, 29),
  machine("r6i.large", 2, 16, 29),
  machine("r5.xlarge", 4, 32, 58),
  machine("r6i.xlarge", 4, 32, 58),
  machine("m6i.2xlarge", 8, 32, 58),
  machine("m5.2xlarge", 8, 32, 58),
  { ...machine("g6.xlarge", 4, 16, 58), gpus: 1, regions: ["eu-central-1", "us-east-1", "us-west-2"] },
  { ...machine("g5.xlarge", 4, 16, 58), gpus: 1 },
  { ...machine("g6.2xlarge", 8, 32, 58), gpus: 1, regions: ["eu-central-1", "us-east-1", "us-west-2"] },
  { ...machine("g5.2xlarge", 8, 32, 58), gpus: 1 },
];

export function findMachineType(name: string): MachineType | undefined {
  return machineTypes.find((type) => type.name === name);
}
