import type { NodeGroup } from "../../plan/model/nodes.ts";

/** What a node's programs are told. */
export interface NodeSettings {
  readonly name: string;
  readonly address: string;
  readonly pods: string;
  readonly dns: string;
  /** The address of the API server, which is also that of the router behind the cable. */
  readonly gateway: string;
  /** `https://address:port`. */
  readonly server: string;
  /** The authority of the server, in PEM. */
  readonly authority: Buffer;
  /** The certificate of the API server as the kubelet's client, as a path. */
  readonly kubeletClient: string;
  /** Below each hierarchy. */
  readonly cgroup: string;
  /** A folder of the node alone. */
  readonly folder: string;
  readonly group: Pick<NodeGroup, "labels" | "taints">;
}

export const PAUSE_IMAGE = "promptops.test/pause:1";
export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";
const CNI_FOLDER = "/etc/cni/net.d";

/** All files of a node, by path. JSON is valid YAML. */
export function nodeFiles(settings: NodeSettings): Record<string, string> {
  const { folder, name } = settings;
  return {
    [`${folder}/containerd.toml`]: containerdConfig(folder),
    [`${folder}/kubelet.json`]: JSON.stringify(kubeletConfig(settings)),
    [`${folder}/kube-proxy.json`]: JSON.stringify(proxyConfig(settings)),
    [`${folder}/kubelet.kubeconfig`]: kubeconfig(settings, nodeToken(name)),
    [`${folder}/kube-proxy.kubeconfig`]: kubeconfig(settings, PROXY_TOKEN),
    [`${folder}/policy-agent.kubeconfig`]: kubeconfig(settings, POLICY_TOKEN),
    [`${CNI_FOLDER}/10-pods.conflist`]: JSON.stringify(cniConfig(settings)),
    "/run/resolv.conf": "# A node resolves nothing.\n",
  };
}

const nodeToken = (name: string): string => `token-${name}`;
const PROXY_TOKEN = "token-kube-proxy";
const POLICY_TOKEN = "token-policy-agent";

/** Who calls the API server from nodes, as lines of its token file. */
export const nodeTokens = (names: readonly string[]): string[] => [
  ...names.map((name) => `${nodeToken(name)},system:node:${name},${name},"system:nodes"`),
  `${PROXY_TOKEN},system:kube-proxy,kube-proxy`,
  // Reads all pods, namespaces and policies, and writes nothing.
  `${POLICY_TOKEN},policy-agent,policy-agent`,
];

/** What lets the policy agent read what it judges by. */
export const policyAgentRights: readonly object[] = [
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "policy-agent" },
    rules: [
      { apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["list", "watch"] },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "policy-agent" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "policy-agent" },
    subjects: [{ kind: "User", name: "policy-agent" }],
  },
];

function containerdConfig(folder: string): string {
  const cri = `plugins."io.containerd.grpc.v1.cri"`;
  return `version = 2
root = "${folder}/containerd"
state = "/run/containerd/state"
oom_score = 0
disabled_plugins = [${["btrfs", "zfs", "aufs", "devmapper"].map((name) => `"io.containerd.snapshotter.v1.${name}"`).join(", ")}]
[grpc]
address = "${CONTAINERD_SOCKET}"
[${cri}]
sandbox_image = "${PAUSE_IMAGE}"
# Without CAP_SYS_RESOURCE, runc cannot lower a score.
restrict_oom_score_adj = true
[${cri}.cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${CNI_FOLDER}"
[${cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
SystemdCgroup = false
`;
}

/** Each pod has a cable to its node and is routed, so that every packet passes the node's rules. */
const cniConfig = ({ pods }: NodeSettings): object => ({
  cniVersion: "1.0.0",
  name: "pods",
  plugins: [
    {
      type: "ptp",
      ipam: { type: "host-local", dataDir: "/run/cni", ranges: [[{ subnet: pods }]], routes: [{ dst: "0.0.0.0/0" }] },
    },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
});

const kubeletConfig = ({ cgroup, dns, folder, kubeletClient, group }: NodeSettings): object => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
  failCgroupV1: false,
  cgroupDriver: "cgroupfs",
  cgroupRoot: cgroup,
  podLogsDir: `${folder}/logs`,
  authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: kubeletClient } },
  authorization: { mode: "Webhook" },
  clusterDNS: [dns],
  clusterDomain: "cluster.local",
  resolvConf: "/run/resolv.conf",
  failSwapOn: false,
  registerWithTaints: group.taints,
  // The disk is this computer's, and none of its nodes' business.
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
  evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
});

const proxyConfig = ({ folder, name }: NodeSettings): object => ({
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  mode: "nftables",
  clientConnection: { kubeconfig: `${folder}/kube-proxy.kubeconfig` },
  hostnameOverride: name,
  // What comes to a Service from elsewhere than a pod gets the node's address, so that answers come back through it.
  detectLocalMode: "InterfaceNamePrefix",
  detectLocal: { interfaceNamePrefix: "veth" },
  // Limits of the whole computer, which a network namespace cannot set.
  conntrack: { maxPerCore: 0, min: 0 },
});

function kubeconfig({ server, authority }: NodeSettings, token: string): string {
  const cluster = { server, "certificate-authority-data": authority.toString("base64") };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "cluster",
    clusters: [{ name: "cluster", cluster }],
    users: [{ name: "node", user: { token } }],
    contexts: [{ name: "cluster", context: { cluster: "cluster", user: "node" } }],
  });
}
