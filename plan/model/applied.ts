import { type KubernetesObject, waveOf } from "./kubernetes.ts";
import type { Plan, PlannedAddon } from "./plan.ts";

/** The wave of what is there before Argo CD begins: cloud resources make it, or it was in the cluster already. */
export const BEFORE = Number.NEGATIVE_INFINITY;

/** An object in the cluster, and the wave in which Argo CD applies it. */
export interface AppliedObject {
  readonly object: KubernetesObject;
  readonly wave: number;
  /** The add-on whose source renders it. @default - it is ours */
  readonly addon?: string;
}

/** Our objects, and those that the sources of add-ons render. */
export function appliedObjects({ objects, addons }: Pick<Plan, "objects" | "addons">): AppliedObject[] {
  const ours = objects.map(({ manifest }) => manifest);
  return [
    ...ours.map((object) => ({ object, wave: waveOf(object) })),
    ...addons.flatMap((addon) => {
      const wave = waveOfAddon(addon, ours) ?? BEFORE;
      return addon.objects.map((object) => ({ object, wave, addon: addon.name }));
    }),
  ];
}

/** The wave of an add-on's Application, undefined where that is missing; `BEFORE` where Argo CD does not install it. */
export function waveOfAddon(
  { name, by }: Pick<PlannedAddon, "name" | "by">,
  objects: readonly KubernetesObject[],
): number | undefined {
  if (by !== "application") return BEFORE;
  const application = objects.find(({ kind, metadata }) => kind === "Application" && metadata.name === name);
  return application && waveOf(application);
}

/** Kubernetes objects that cloud resources declare. */
export const recordedObjects = ({ resources }: Pick<Plan, "resources">): AppliedObject[] =>
  resources
    .filter(({ type, inputs }) => type.startsWith("kubernetes:") && "metadata" in inputs)
    .map(({ inputs }) => ({ object: inputs as unknown as KubernetesObject, wave: BEFORE }));
