import { expect, test } from "vitest";
import { declaredAllocatable, eksAllocatable, lkeAllocatable } from "../../platform/catalogue/allocatable.ts";
import { machineTypes } from "../../platform/catalogue/machine-types.ts";

// What `kubectl describe node` shows on EKS for these sizes.
test.each([
  [2, 1930],
  [4, 3920],
  [8, 7910],
])("a node of %d cores gives its pods %d millicores", (vcpu, cpu) => {
  expect(eksAllocatable({ vcpu, memoryGiB: 16, gpus: 0, maxPods: 58 }).cpu).toBe(cpu);
});

test("a node keeps memory for the hypervisor, for the kubelet by its pods, and for eviction", () => {
  const { memory } = eksAllocatable({ vcpu: 4, memoryGiB: 16, gpus: 0, maxPods: 58 });
  const mebibytes = 16 * 1024 * 0.925 - (255 + 11 * 58) - 100;
  expect(memory / 2 ** 20).toBeCloseTo(mebibytes, 0);
});

test("a declared node gives what its owner says, less the eviction threshold", () => {
  expect(declaredAllocatable({ vcpu: 4, memoryGiB: 8, gpus: 1, maxPods: 110 })).toEqual({
    cpu: 4000,
    memory: 8 * 2 ** 30 - 100 * 2 ** 20,
    pods: 110,
    gpus: 1,
  });
});

test("every machine type of the catalogue leaves its pods most of what is sold", () => {
  for (const type of machineTypes) {
    const { cpu, memory } = type.cloud === "aws" ? eksAllocatable(type) : lkeAllocatable(type);
    expect(cpu, type.name).toBeGreaterThan(type.vcpu * 900);
    expect(memory, type.name).toBeGreaterThan(type.memoryGiB * 2 ** 30 * 0.75);
  }
});
