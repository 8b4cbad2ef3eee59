import { count } from "../platform/count.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Proof } from "./proof.ts";

export const requireStorageClass: Proof = {
  name: "require-storage-class",
  claim:
    "Every volume claim names a StorageClass that exists on this cloud and creates volumes in the zones of their pods.",
  examine({ resources, objects }) {
    const made = resources.filter(({ type }) => type === "kubernetes:storage.k8s.io/v1:StorageClass");
    const classes = made.map(({ inputs }) => String((inputs["metadata"] as { name?: string } | undefined)?.name));
    const named = objects.flatMap(({ manifest }) =>
      classesNamedBy(manifest).map((name) => ({ by: describeObject(manifest), name })),
    );
    return {
      evidence: [`${count(named.length, "claim")}; classes ${classes.join(", ")}`],
      failures: [
        ...named
          .filter(({ name }) => !classes.includes(name))
          .map(({ by, name }) => `${by} claims storage of class '${name}', which is not among ${classes.join(", ")}.`),
        // A volume that is made before its pod is placed may be in a zone where the pod cannot go.
        ...made
          .filter(({ inputs }) => inputs["volumeBindingMode"] !== "WaitForFirstConsumer")
          .map(
            ({ name }) =>
              `StorageClass ${name} provisions volumes before their pods are scheduled. Set volumeBindingMode.`,
          ),
      ],
    };
  },
};

/** Custom resources have `storageClass` or `storageClassName` in different places. */
function classesNamedBy({ spec }: KubernetesObject): string[] {
  const found: string[] = [];
  const search = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if ((key === "storageClassName" || key === "storageClass") && typeof inner === "string") found.push(inner);
      else search(inner);
    }
  };
  search(spec);
  return found;
}
