import { bytes, millicores } from "../quantity.ts";

/** What the pods of one node may request in all. CPU in millicores, memory in bytes. */
export interface Capacity {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
  readonly gpus: number;
}

interface Machine {
  readonly vcpu: number;
  readonly memoryGiB: number;
  readonly gpus: number;
  readonly maxPods: number;
}

// The hypervisor and the kernel keep a part of the memory that is sold: Karpenter plans with the same 7.5 %
// (VM_MEMORY_OVERHEAD_PERCENT, https://karpenter.sh/docs/reference/settings/, read 2026-11).
const VM_MEMORY_OVERHEAD = 0.075;
// kubelet's default hard eviction threshold, memory.available<100Mi.
const EVICTION_THRESHOLD = bytes("100Mi");

/**
 * Allocatable of an EKS node: what is sold, less the hypervisor's part, less what the AMI's bootstrap reserves
 * (255 Mi + 11 Mi a pod; 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest:
 * nodeadm in https://github.com/awslabs/amazon-eks-ami), less the eviction threshold.
 */
export function eksAllocatable({ vcpu, memoryGiB, gpus, maxPods }: Machine): Capacity {
  const seen = Math.floor(memoryGiB * 2 ** 30 * (1 - VM_MEMORY_OVERHEAD));
  const reservedMemory = bytes("255Mi") + maxPods * bytes("11Mi");
  return {
    cpu: millicores(vcpu) - reservedCpu(vcpu),
    memory: seen - reservedMemory - EVICTION_THRESHOLD,
    pods: maxPods,
    gpus,
  };
}

/**
 * Allocatable of an LKE node: what is sold, less the hypervisor's and kernel's part, less the eviction threshold. LKE
 * documents no reservation; nodes of it report all their cores, and memory less 100 Mi.
 */
export function lkeAllocatable({ vcpu, memoryGiB, gpus, maxPods }: Machine): Capacity {
  const seen = Math.floor(memoryGiB * 2 ** 30 * (1 - VM_MEMORY_OVERHEAD));
  return { cpu: millicores(vcpu), memory: seen - EVICTION_THRESHOLD, pods: maxPods, gpus };
}

/** Millicores that the kubelet and the system keep on a machine of so many cores. */
function reservedCpu(vcpu: number): number {
  const shares = [60, 10, 5, 5];
  const first = shares.slice(0, vcpu).reduce((sum, share) => sum + share, 0);
  return Math.ceil(first + Math.max(0, vcpu - shares.length) * 2.5);
}

/** Allocatable resources of a node of an existing cluster, from the declared size: only the eviction threshold is reserved. */
export function declaredAllocatable({ vcpu, memoryGiB, gpus, maxPods }: Machine): Capacity {
  return { cpu: millicores(vcpu), memory: memoryGiB * 2 ** 30 - EVICTION_THRESHOLD, pods: maxPods, gpus };
}
