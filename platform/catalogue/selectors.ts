/** A place in an object that selects others by labels. */
export interface SelectorRow {
  readonly at: string;
  /** What it selects: pods, the object's own pods, namespaces, or objects of a kind. */
  readonly of:
    "pods" | "own pods" | "Namespace" | "Service" | "PersistentVolume" | "rbac.authorization.k8s.io/ClusterRole";
  /** Whether the value is a map of labels. @default - it is a label selector */
  readonly isMap?: true;
  /** Fields beside it, or beside the object around it, that say in which namespaces. @default - the object's own */
  readonly namespaces?: "beside" | "monitor";
}

const AFFINITIES = ["affinity.podAffinity", "affinity.podAntiAffinity"];

const affinityRows = (prefix: string): SelectorRow[] =>
  AFFINITIES.flatMap((affinity) => [
    `${prefix}.${affinity}.requiredDuringSchedulingIgnoredDuringExecution.labelSelector`,
    `${prefix}.${affinity}.preferredDuringSchedulingIgnoredDuringExecution.podAffinityTerm.labelSelector`,
  ]).map((at) => ({ at, of: "pods", namespaces: "beside" }));

const podRows = (prefix: string): SelectorRow[] => [
  { at: `${prefix}.topologySpreadConstraints.labelSelector`, of: "own pods" },
  ...affinityRows(prefix),
];

const workloadRows: readonly SelectorRow[] = [
  { at: "spec.selector", of: "own pods" },
  ...podRows("spec.template.spec"),
];
const PEERS = ["spec.ingress.from", "spec.egress.to"];

/** Every place that selects objects by labels, by kind. */
export const selectorRows: Readonly<Record<string, readonly SelectorRow[]>> = {
  ...Object.fromEntries(
    ["apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "batch/Job", "argoproj.io/Rollout"].map((kind) => [
      kind,
      workloadRows,
    ]),
  ),
  "batch/CronJob": podRows("spec.jobTemplate.spec.template.spec"),
  Pod: podRows("spec"),
  Service: [{ at: "spec.selector", of: "pods", isMap: true }],
  PersistentVolumeClaim: [{ at: "spec.selector", of: "PersistentVolume" }],
  "policy/PodDisruptionBudget": [{ at: "spec.selector", of: "pods" }],
  "networking.k8s.io/NetworkPolicy": [
    { at: "spec.podSelector", of: "pods" },
    ...PEERS.flatMap((peer): SelectorRow[] => [
      { at: `${peer}.podSelector`, of: "pods", namespaces: "beside" },
      { at: `${peer}.namespaceSelector`, of: "Namespace" },
    ]),
  ],
  "monitoring.coreos.com/ServiceMonitor": [{ at: "spec.selector", of: "Service", namespaces: "monitor" }],
  "monitoring.coreos.com/PodMonitor": [{ at: "spec.selector", of: "pods", namespaces: "monitor" }],
  "gateway.networking.k8s.io/Gateway": [{ at: "spec.listeners.allowedRoutes.namespaces.selector", of: "Namespace" }],
  "external-secrets.io/ClusterSecretStore": [{ at: "spec.conditions.namespaceSelector", of: "Namespace" }],
  "rbac.authorization.k8s.io/ClusterRole": [
    { at: "aggregationRule.clusterRoleSelectors", of: "rbac.authorization.k8s.io/ClusterRole" },
  ],
  "rabbitmq.com/RabbitmqCluster": [
    { at: "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.labelSelector", of: "pods" },
  ],
};
