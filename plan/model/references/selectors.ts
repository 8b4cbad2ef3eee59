import { kindOf } from "./read.ts";
import type { KubernetesObject, Labels, LabelSelector } from "../kubernetes.ts";
import { type Found, valuesAt } from "./row.ts";

/** A place in an object that selects others by labels. */
interface SelectorRow {
  readonly at: string;
  /** What it selects: pods, the object's own pods, namespaces, or objects of a kind. */
  readonly of:
    "pods" | "own pods" | "Namespace" | "Service" | "PersistentVolume" | "rbac.authorization.k8s.io/ClusterRole";
  /** Whether the value is a map of labels. @default - it is a label selector */
  readonly isMap?: true;
  /** Fields beside it, or beside the object around it, that say in which namespaces. @default - the object's own */
  readonly namespaces?: "beside" | "monitor";
}

/** Labels that something must bear. */
export interface Selection {
  readonly at: string;
  readonly of: SelectorRow["of"];
  readonly selector: LabelSelector;
  /** @default - the object's own namespace */
  readonly namespaces: NamespaceChoice;
}

/** Namespaces by name, or by labels. */
export interface NamespaceChoice {
  readonly names?: readonly string[];
  readonly selector?: LabelSelector;
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

/** What an object selects. An empty selector selects everything, so it is no claim that something is there. */
export function selectionsOf(object: KubernetesObject): Selection[] {
  return (selectorRows[kindOf(object)] ?? []).flatMap((row) =>
    valuesAt(object, row.at)
      .map((found) => ({
        at: found.at,
        of: row.of,
        selector: row.isMap ? { matchLabels: found.value as Labels } : (found.value as LabelSelector),
        namespaces: namespacesOf(row, found, object),
      }))
      .filter(
        ({ selector: { matchLabels = {}, matchExpressions = [] } }) =>
          [...Object.keys(matchLabels), ...matchExpressions].length > 0,
      ),
  );
}

interface Beside {
  readonly namespaceSelector?: LabelSelector & { readonly any?: boolean; readonly matchNames?: readonly string[] };
  readonly namespaces?: readonly string[];
}

function namespacesOf({ namespaces }: SelectorRow, found: Found, { metadata }: KubernetesObject): NamespaceChoice {
  const own = { names: [metadata.namespace ?? "default"] };
  const { namespaceSelector, namespaces: names }: Beside = found.parent;
  if (namespaces === "beside" && (namespaceSelector ?? names)) {
    return { ...(names && { names }), ...(namespaceSelector && { selector: namespaceSelector }) };
  }
  if (namespaces === "monitor" && namespaceSelector) return chosenByMonitor(namespaceSelector, own);
  return own;
}

function chosenByMonitor(
  { any = false, matchNames }: NonNullable<Beside["namespaceSelector"]>,
  own: NamespaceChoice,
): NamespaceChoice {
  if (any) return {};
  return matchNames ? { names: matchNames } : own;
}
