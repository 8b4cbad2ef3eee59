import { count } from "../platform/count.ts";
import { servedVersions } from "../platform/catalogue/api-versions.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Proof } from "./proof.ts";

export const validApiVersions: Proof = {
  name: "valid-api-versions",
  claim: "Every built-in kind is served in the version used by this environment's Kubernetes.",
  examine({ objects, kubernetesVersion }) {
    const minor = Number(kubernetesVersion.split(".")[1]);
    const builtIn = objects.map(({ manifest }) => manifest).filter(isBuiltIn);
    return {
      evidence: [
        `${count(builtIn.length, "object")} in ${count(new Set(builtIn.map(({ apiVersion }) => apiVersion)).size, "API version")} of Kubernetes ${kubernetesVersion}`,
      ],
      failures: builtIn.flatMap((object) => failuresOf(object, minor)),
    };
  },
};

/** Built-in groups have no dot, or end in k8s.io without belonging to a separate project (gateway.networking.k8s.io). */
function isBuiltIn({ apiVersion }: KubernetesObject): boolean {
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
  return !group.includes(".") || servedVersions.some((row) => row.apiVersion.startsWith(`${group}/`));
}

function failuresOf(object: KubernetesObject, minor: number): string[] {
  const { apiVersion, kind } = object;
  const row = servedVersions.find((each) => each.apiVersion === apiVersion && each.kinds.includes(kind));
  const at = describeObject(object);
  if (!row)
    return [
      `${at}: ${apiVersion} ${kind} has no row in platform/catalogue/api-versions.ts. Add it, or correct the version.`,
    ];
  if (minor < row.since) return [`${at}: ${apiVersion} ${kind} needs Kubernetes 1.${row.since} or later.`];
  if (row.until !== undefined && minor >= row.until) {
    const successor = servedVersions.find((each) => each.kinds.includes(kind) && each.until === undefined)?.apiVersion;
    return [
      `${at}: ${apiVersion} ${kind} was removed in Kubernetes 1.${row.until}. Use ${successor ?? "its successor"}.`,
    ];
  }
  return [];
}
