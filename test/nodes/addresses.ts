import { type Block, formatBlock, parseBlock } from "../../platform/addresses.ts";
import type { Plan } from "../../plan/model/plan.ts";

/** The addresses of a cluster on this machine. They are inside the blocks that the plan names, so that its policies mean them. */
export interface ClusterAddresses {
  /** Where the API server answers on port 443. */
  readonly apiServer: string;
  readonly services: string;
  readonly dns: string;
  readonly nodes: readonly NodeAddresses[];
}

export interface NodeAddresses {
  readonly address: string;
  /** The block of the node's pods. */
  readonly pods: string;
}

/** EKS's block for Services, and inside the private blocks that `local` takes for a control plane's. */
const SERVICES = "172.20.0.0/16";
const DNS = "172.20.0.10";
/** Where in its block a thing has its address. The smallest block of a zone's pods is a /19, of 32 times 256 addresses. */
const offsets = { apiServer: 10, node: 16 * 256 + 10, pods: 24 * 256 };

/** The addresses of a cluster with so many nodes, of which each has the block of another zone in turn. */
export function clusterAddresses({ addresses }: Plan, nodes: number): ClusterAddresses {
  const blocks = (cidrs: readonly string[], longest: number): Block[] =>
    cidrs.flatMap((cidr) => parseBlock(cidr) ?? []).filter(({ prefix }) => prefix <= longest);
  const zones = blocks(addresses.pods, 19);
  const [controlPlane] = blocks(addresses.controlPlane, 28);
  const at = (block: Block | undefined, offset: number, prefix = 32): string => {
    if (!block) throw new Error("The plan names no block of addresses that nodes or the control plane can be in.");
    return formatBlock({ start: block.start + offset, prefix }).replace("/32", "");
  };
  return {
    apiServer: at(controlPlane, offsets.apiServer),
    services: SERVICES,
    dns: DNS,
    nodes: Array.from({ length: nodes }, (_, index) => {
      const zone = zones[index % zones.length];
      const round = Math.floor(index / zones.length);
      return { address: at(zone, offsets.node + round), pods: at(zone, offsets.pods + round * 256, 24) };
    }),
  };
}
