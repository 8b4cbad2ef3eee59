import type { Addon, Footprint } from "../../platform/addon.ts";
import type { Cloud } from "../../platform/clouds.ts";
import type { RecordedAddon } from "./enforcement.ts";
import { bytes, millicores } from "../../platform/quantity.ts";
import type { Labels, Toleration } from "./kubernetes.ts";
import type { Requests } from "./pods.ts";

/** Pods that the cloud runs. What is said of them is claimed: nothing renders them here. */
export interface ClaimedPods {
  readonly source: string;
  readonly pods: "every-node" | number;
  readonly requests: Requests;
  readonly nodeSelector: Labels;
  readonly tolerations: readonly Toleration[];
}

/** What the add-ons that a cloud runs take of the nodes. A cloud that has none runs none. */
export function claimsOf(
  cloud: Cloud,
  addons: readonly Addon[],
  running: readonly RecordedAddon[] | "builtin",
): ClaimedPods[] {
  return addons.flatMap(({ name, delivery }) => {
    const found = delivery.by === "cloud" ? delivery.on[cloud] : undefined;
    if (!found) return [];
    const runs = running === "builtin" ? found.stage === "builtin" : running.some((each) => each.name === name);
    return runs ? found.footprint.map((footprint) => claimOf(name, footprint)) : [];
  });
}

/** Agents of a cloud run on every node, whatever its taints. */
function claimOf(source: string, { pods, cpu, memory }: Footprint): ClaimedPods {
  return {
    source,
    pods,
    requests: { cpu: millicores(cpu), memory: bytes(memory), gpus: 0 },
    nodeSelector: {},
    tolerations: pods === "every-node" ? [{ operator: "Exists" }] : [],
  };
}
