import type { Addon } from "../../platform/addon.ts";
import type { OperatedPods as Claimed } from "../../platform/operated-pods.ts";
import { bytes, millicores } from "../../platform/quantity.ts";
import { describeObject, type KubernetesObject, type Labels, type Toleration } from "./kubernetes.ts";
import type { Requests } from "./pods.ts";

/** Pods that an operator makes of an object, ours or of an add-on's source: claimed by the operator's descriptor, since no operator runs here. */
export interface OperatedPods extends Pick<Claimed, "portNames" | "topologySpreadConstraints" | "volumes"> {
  /** `Cluster data/postgres`. */
  readonly by: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** Container ports. */
  readonly ports: readonly number[];
  readonly replicas: { readonly min: number; readonly max: number };
  readonly requests: Requests;
  readonly nodeSelector: Labels;
  readonly tolerations: readonly Toleration[];
  /** No two of them run where this node label has the same value. @default - they may */
  readonly apart?: string;
  readonly secrets: readonly { readonly secret: string; readonly keys: readonly string[] }[];
  readonly wave: number;
}

export function operatedPodsOf(
  applied: readonly { readonly object: KubernetesObject; readonly wave: number }[],
  addons: readonly Addon[],
): OperatedPods[] {
  const operators = addons.flatMap(({ operates = {} }) => Object.entries(operates));
  const objects = applied.map(({ object }) => object);
  return applied.flatMap(({ object, wave }) =>
    operators
      .filter(([kind]) => kind === `${object.apiVersion} ${object.kind}`)
      .flatMap(([, podsOf]) => podsOf(object, objects))
      .map(({ count, min = count, requests: { cpu = 0, memory = 0 }, ...pods }) => ({
        ...pods,
        by: describeObject(object),
        namespace: object.metadata.namespace ?? "default",
        replicas: { min, max: count },
        requests: { cpu: millicores(cpu), memory: bytes(memory), gpus: 0 },
        wave,
      })),
  );
}
