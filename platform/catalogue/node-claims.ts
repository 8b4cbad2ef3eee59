/**
 * What a managed add-on runs on every node, and beside our workloads. A claim: the add-on is rendered in the cloud, not
 * here. Requests are those of the add-ons' default configuration; recorded 2026-11-22 from the charts in
 * https://github.com/aws/eks-charts, https://github.com/kubernetes-sigs/aws-ebs-csi-driver,
 * https://github.com/kubernetes-sigs/aws-efs-csi-driver, https://github.com/kubernetes-sigs/metrics-server and
 * https://github.com/coredns/helm.
 */
export interface Claim {
  /** One pod on every node, or so many pods in the cluster. */
  readonly pods: "every-node" | number;
  readonly cpu: string;
  readonly memory: string;
}

/**
 * What LKE runs beside our workloads: kube-proxy, Calico (250m a node by its manifest), the block storage driver, the agent
 * of the control plane's tunnel, and CoreDNS. Recorded 2026-11-22 from https://github.com/projectcalico/calico's and
 * https://github.com/linode/linode-blockstorage-csi-driver's manifests.
 */
export const lkeClaims: Readonly<Record<string, readonly Claim[]>> = {
  "calico-node": [{ pods: "every-node", cpu: "250m", memory: "0" }],
  "kube-proxy": [{ pods: "every-node", cpu: "0", memory: "0" }],
  "csi-linode-node": [{ pods: "every-node", cpu: "0", memory: "0" }],
  "konnectivity-agent": [{ pods: "every-node", cpu: "50m", memory: "30Mi" }],
  coredns: [{ pods: 2, cpu: "100m", memory: "70Mi" }],
};

export const addonClaims: Readonly<Record<string, readonly Claim[]>> = {
  "vpc-cni": [{ pods: "every-node", cpu: "50m", memory: "0" }],
  "kube-proxy": [{ pods: "every-node", cpu: "100m", memory: "0" }],
  "eks-pod-identity-agent": [{ pods: "every-node", cpu: "0", memory: "0" }],
  "aws-ebs-csi-driver": [
    { pods: "every-node", cpu: "30m", memory: "120Mi" },
    { pods: 2, cpu: "60m", memory: "240Mi" },
  ],
  "aws-efs-csi-driver": [
    { pods: "every-node", cpu: "30m", memory: "120Mi" },
    { pods: 2, cpu: "30m", memory: "120Mi" },
  ],
  coredns: [{ pods: 2, cpu: "100m", memory: "70Mi" }],
  "metrics-server": [{ pods: 2, cpu: "100m", memory: "200Mi" }],
  "snapshot-controller": [{ pods: 2, cpu: "10m", memory: "20Mi" }],
};
