import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";

/** With less than 15 % left the kubelet removes images, then evicts pods: https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds. */
const FULL = 0.85;

export const alerts: readonly Alert[] = [
  {
    name: "NodeDiskAlmostFull",
    expression: `max by (node, mountpoint) (1 - ${foreignSeries("node_filesystem_avail_bytes")} / ${foreignSeries("node_filesystem_size_bytes")}) > ${FULL}`,
    for: "15m",
    severity: "ticket",
    summary: "{{ $labels.mountpoint }} of node {{ $labels.node }} is {{ $value | humanizePercentage }} full",
  },
  {
    name: "MetricsMissing",
    expression: `absent(${foreignSeries("node_filesystem_avail_bytes")})`,
    for: "10m",
    severity: "ticket",
    summary: "node-exporter reports nothing: no alert on the disks of nodes can fire",
    labels: { exporter: "node-exporter" },
  },
];
