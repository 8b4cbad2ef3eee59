import type { Labels } from "../model/kubernetes.ts";
import type { NodeTaint } from "../model/nodes.ts";
import { isObject, type Recorded } from "../model/recorded.ts";

export const ZONE = "topology.kubernetes.io/zone";

export const listOf = (value: Recorded | undefined): readonly Recorded[] =>
  Array.isArray(value) ? (value as readonly Recorded[]) : [];

export const text = (value: Recorded | undefined): string => (typeof value === "string" ? value : "");

/** Labels of a pool's nodes: those in the cloud resource, and the one that every Linux kubelet sets. */
export function labelsOf(value: Recorded | undefined): Labels {
  const own = isObject(value) ? Object.entries(value).map(([key, label]) => [key, text(label)]) : [];
  return { "kubernetes.io/os": "linux", ...(Object.fromEntries(own) as Labels) };
}

/** Taints as Kubernetes writes them: EKS writes an effect as NO_SCHEDULE. */
export function taintsOf(value: Recorded | undefined): NodeTaint[] {
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
