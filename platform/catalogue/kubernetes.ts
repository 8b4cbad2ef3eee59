import type { Cloud } from "../clouds.ts";

/**
 * Minors that each cloud runs in standard support, oldest first. One behind the newest is ours: 1.35. Recorded 2026-11-22.
 *
 * aws: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html (1.34 ends 2026-12-02, 1.35 ends
 * 2027-03-27, 1.36 since 2026-06-02). linode: the minors of https://github.com/linode/apl-core's test matrix (2026-08); LKE
 * applies patches by itself. local: whatever the schemas in kubeconform-wasm can judge.
 */
export const kubernetesVersions: Readonly<Record<Cloud, readonly string[]>> = {
  aws: ["1.34", "1.35", "1.36"],
  linode: ["1.34", "1.35", "1.36"],
  local: ["1.35"],
};

/** Node image of kind for a minor; https://github.com/kubernetes-sigs/kind/releases, v0.31. Recorded 2026-11-22. */
export const kindNodeImages: Readonly<Record<string, string>> = { "1.35": "kindest/node:v1.35.0" };

/**
 * EKS add-ons, by the names that EKS gives them. No build is named: EKS installs the default one for the cluster's minor,
 * and a build that has been withdrawn since would fail an hour into `pulumi up`.
 */
export const eksAddons = {
  vpcCni: "vpc-cni",
  kubeProxy: "kube-proxy",
  coredns: "coredns",
  podIdentity: "eks-pod-identity-agent",
  ebsCsi: "aws-ebs-csi-driver",
  efsCsi: "aws-efs-csi-driver",
  snapshotController: "snapshot-controller",
  metricsServer: "metrics-server",
} as const;

/** Charts that the Pulumi program installs itself: what delivers everything else. Recorded 2026-11-22. */
export const charts = {
  argoCd: { name: "argo-cd", version: "10.1.1", repository: "https://argoproj.github.io/argo-helm" },
  argoCdApps: { name: "argocd-apps", version: "2.0.2", repository: "https://argoproj.github.io/argo-helm" },
} as const;
