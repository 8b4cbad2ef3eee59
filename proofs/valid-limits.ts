import { count } from "../platform/count.ts";
import { bytes, millicores } from "../platform/quantity.ts";
import type { ContainerSpec } from "../plan/model/kubernetes.ts";
import type { NodeGroup } from "../plan/model/nodes.ts";
import type { Proof } from "./proof.ts";
import { failuresOf } from "./rules.ts";

/** A memory limit this many times the request lets pods crowd out others of a node that was full by their requests. */
const MAX_RATIO = 8;
const MILLICORES = 1000;

export const validLimits: Proof = {
  name: "valid-limits",
  claim: "Each of our containers requests CPU and memory, and its limits fit a node and leave room for other pods.",
  examine({ podSources, nodeGroups }) {
    const ours = podSources.filter(({ addon }) => addon === undefined);
    const containers = ours.flatMap((source) => source.spec.containers.map((container) => ({ source, container })));
    return {
      evidence: [count(containers.length, "container")],
      failures: containers.flatMap(({ source, container }) =>
        limitFailures(container, nodeGroups).map((failure) => `${source.description}, ${container.name}: ${failure}`),
      ),
    };
  },
};

function limitFailures({ resources = {} }: ContainerSpec, nodeGroups: readonly NodeGroup[]): string[] {
  const { requests = {}, limits = {} } = resources;
  const amounts = {
    cpu: { request: read(requests["cpu"], millicores), limit: read(limits["cpu"], millicores) },
    memory: { request: read(requests["memory"], bytes), limit: read(limits["memory"], bytes) },
  };
  const most = (resource: "cpu" | "memory"): number =>
    Math.max(...nodeGroups.map(({ allocatable }) => allocatable[resource]));
  // What the node keeps for itself is a part of a core.
  const cores = Math.ceil(most("cpu") / MILLICORES) * MILLICORES;
  return failuresOf([
    [amounts.cpu.request > 0, "it requests no cpu."],
    [amounts.memory.request > 0, "it requests no memory."],
    [amounts.memory.limit > 0, "it has no memory limit."],
    [amounts.memory.limit <= most("memory"), "no node has the memory of its limit."],
    [
      amounts.memory.limit <= MAX_RATIO * amounts.memory.request,
      `its memory limit is over ${MAX_RATIO} times its request.`,
    ],
    [amounts.cpu.limit <= cores, "no node has the cpu of its limit."],
  ]);
}

const read = (amount: string | number | undefined, reader: (quantity: string) => number): number =>
  amount === undefined ? 0 : reader(String(amount));
