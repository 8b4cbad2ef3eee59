import type { KubernetesObject } from "../plan/model/kubernetes.ts";
import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";

interface Binding {
  readonly subjects?: readonly { readonly kind?: string; readonly name?: string; readonly namespace?: string }[];
}

export const noUnusedToken: Proof = {
  name: "no-unused-token",
  claim: "No pod of ours gets a token of the Kubernetes API that no role lets it use.",
  examine({ objects, podSources }) {
    const manifests = objects.map(({ manifest }) => manifest);
    const ours = podSources.filter(({ addon }) => addon === undefined);
    const unused = ours.filter((source) => getsToken(source, manifests) && !isBound(source, manifests));
    return {
      evidence: [`${ours.length} workloads`],
      failures: unused.map(
        ({ description }) => `${description} gets a token and has no role. Set automountServiceAccountToken to false.`,
      ),
    };
  },
};

const accountOf = ({ spec }: PodSource): string =>
  (spec as { serviceAccountName?: string }).serviceAccountName ?? "default";

/** The pod's own field decides, then its account's; a token is mounted by default. */
function getsToken(source: PodSource, objects: readonly KubernetesObject[]): boolean {
  const own = (source.spec as { automountServiceAccountToken?: boolean }).automountServiceAccountToken;
  const account = objects.find(
    ({ kind, metadata }) =>
      kind === "ServiceAccount" && metadata.namespace === source.namespace && metadata.name === accountOf(source),
  ) as { automountServiceAccountToken?: boolean } | undefined;
  return own ?? account?.automountServiceAccountToken ?? true;
}

const isBound = (source: PodSource, objects: readonly KubernetesObject[]): boolean =>
  objects
    .filter(({ kind }) => kind === "RoleBinding" || kind === "ClusterRoleBinding")
    .some((binding) =>
      ((binding as Binding).subjects ?? []).some(
        ({ kind, name, namespace = binding.metadata.namespace }) =>
          kind === "ServiceAccount" && name === accountOf(source) && namespace === source.namespace,
      ),
    );
