import type { Cloud } from "../clouds.ts";

/**
 * Minors that each cloud runs in standard support, oldest first. One behind the newest is ours: 1.35. Recorded 2026-11-22.
 *
 * aws: those with rows in eks-releases.ts and in the add-ons of EKS, of https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html (1.34 ends 2026-12-02, 1.35 ends
 * 2027-03-27, 1.36 ends 2027-08-02). linode: the minors of https://github.com/linode/apl-core's test matrix (2026-08); LKE
 * applies patches by itself. local: whatever the schemas in kubeconform-wasm can judge.
 */
export const kubernetesVersions: Readonly<Record<Cloud, readonly string[]>> = {
  aws: ["1.35", "1.36"],
  linode: ["1.34", "1.35", "1.36"],
  local: ["1.35"],
};

/** Node image of kind for a minor; https://github.com/kubernetes-sigs/kind/releases, v0.31. Recorded 2026-11-22. */
export const kindNodeImages: Readonly<Record<string, string>> = { "1.35": "kindest/node:v1.35.0" };

/** The chart by which the Pulumi program hands Argo CD its root application. Recorded 2026-11-22. */
export const rootApplicationChart = {
  name: "argocd-apps",
  version: "2.0.2",
  repository: "https://argoproj.github.io/argo-helm",
} as const;
