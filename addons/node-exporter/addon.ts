import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { nodes } from "../../platform/connections.ts";

const NAME = "node-exporter";
const PORT = 9100;
/** The chart of Prometheus names its dashboards' and rules' job so. */
const job = { jobLabel: NAME };

/**
 * node-exporter: CPU, memory, disks and network of each node. It has a namespace of its own, since it reads the node's files and
 * runs in the node's network, where no policy applies to it.
 */
export const nodeExporter = defineAddon({
  name: NAME,
  licence: "Apache-2.0",
  options: z.strictObject({}),
  needs: ["prometheus-operator-crds"],
  delivery: {
    by: "application",
    // After the kind of its monitor.
    layer: "data",
    source: {
      kind: "chart",
      repository: "https://prometheus-community.github.io/helm-charts",
      chart: "prometheus-node-exporter",
      versions: ["4.56.1"],
    },
    values: () => ({
      fullnameOverride: NAME,
      podLabels: job,
      service: { labels: job },
      prometheus: {
        monitor: {
          ...{ enabled: true, jobLabel: "jobLabel" },
          relabelings: [{ sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" }],
        },
      },
      // Mounts of pods and of the container runtime come and go; they are not the node's disks.
      extraArgs: [
        "--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run/containerd/.+|var/lib/kubelet/.+)($|/)",
        "--collector.filesystem.fs-types-exclude=^(cgroup2?|devtmpfs|mqueue|nsfs|overlay|proc|pstore|securityfs|squashfs|sysfs|tmpfs|tracefs)$",
      ],
      containerSecurityContext: {
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
      },
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
      // Every node, whatever keeps other pods away.
      tolerations: [{ operator: "Exists" }],
    }),
  },
  namespace: { name: NAME, podSecurity: "privileged" },
  pods: { [NAME]: { labels: { "app.kubernetes.io/name": "prometheus-node-exporter" } } },
  connections: ({ provider }) => {
    const prometheus = provider("metrics");
    return prometheus ? [{ from: prometheus.pods, to: nodes, port: PORT }] : [];
  },
  failures: [
    { failure: "the disk of a node fills up", metric: "node_filesystem_avail_bytes", operator: ">", atMost: 0.9 },
  ],
});
