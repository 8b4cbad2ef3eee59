import { bytes } from "../../platform/quantity.ts";
import type { Amount } from "../model/billing.ts";
import { describeObject, type KubernetesObject } from "../model/kubernetes.ts";
import type { PodSource } from "../model/pods.ts";

export interface ClaimedVolume {
  readonly storageClass: string;
  /** Undefined where the claim does not say. */
  readonly gib: number | undefined;
  readonly count: Amount;
}

type Values = Readonly<Record<string, unknown>>;

const CLASS_KEYS = ["storageClassName", "storageClass"];
const SIZE_KEYS = ["storage", "size"];

/**
 * Volumes that an object claims: a PersistentVolumeClaim, the templates of a StatefulSet or of a pod, and custom resources whose
 * operators make claims of a class and a size that stand together. Each replica has its own. An Application claims none: what its
 * source renders does.
 */
export function claimedVolumes(object: KubernetesObject, podSources: readonly PodSource[]): ClaimedVolume[] {
  if (object.kind === "Application" && object.apiVersion.startsWith("argoproj.io/")) return [];
  const claims = claimsIn(object.spec);
  if (claims.length === 0) return [];
  const count = replicasOf(object, podSources);
  return claims.map((claim) => ({ ...claim, count }));
}

function replicasOf(object: KubernetesObject, podSources: readonly PodSource[]): Amount {
  const pods = podSources.find(({ description }) => description === describeObject(object));
  if (pods) return pods.replicas;
  const { replicas, instances } = (object.spec ?? {}) as { replicas?: unknown; instances?: unknown };
  const count = [replicas, instances].find((value) => typeof value === "number") ?? 1;
  return { min: count, max: count };
}

function claimsIn(value: unknown, found: Omit<ClaimedVolume, "count">[] = []): Omit<ClaimedVolume, "count">[] {
  if (typeof value !== "object" || value === null) return found;
  const values = value as Values;
  const storageClass = CLASS_KEYS.map((key) => values[key]).find((name) => typeof name === "string");
  if (storageClass !== undefined) found.push({ storageClass, gib: sizeIn(values) });
  for (const each of Object.values(values)) claimsIn(each, found);
  return found;
}

function sizeIn(claim: Values): number | undefined {
  const { requests } = (claim["resources"] ?? {}) as { requests?: Values };
  const size = [requests?.["storage"], ...SIZE_KEYS.map((key) => claim[key])].find(
    (amount) => typeof amount === "string" || typeof amount === "number",
  );
  return size === undefined ? undefined : bytes(size) / 2 ** 30;
}
