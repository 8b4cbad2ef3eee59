/**
 * Rules for all our pods, written once. Proofs read them over plans, and k8s/ renders them as CEL, by which the API
 * server refuses what comes from elsewhere. Patterns are those that RE2 and JavaScript both read.
 */

/** What an image's name must match, or must not. */
export interface ImageRule {
  readonly matches: string;
  /** @default true */
  readonly wanted?: boolean;
  readonly fault: string;
}

export const imageRules: readonly ImageRule[] = [
  { matches: "^[^@:]+(:[0-9]+/[^@:]+)?(:[^@:/]+)?(@sha256:[0-9a-f]{64})?$", fault: "is no image's name." },
  { matches: "^[^/@]*[.:][^/@]*/", fault: "names no registry: each node may take another one's." },
  { matches: "(:[^@:/]+|@sha256:[0-9a-f]{64})$", fault: "has no tag, which means latest. Name one." },
  {
    matches: "^[^@]*:(latest|main|master|edge|nightly|stable|dev|[0-9]+)$",
    wanted: false,
    fault: "has a tag that moves: two nodes may run different software. Name a release.",
  },
];

/** What `resources` of each container says. */
export const requiredAmounts: readonly { readonly kind: "requests" | "limits"; readonly resource: string }[] = [
  { kind: "requests", resource: "cpu" },
  { kind: "requests", resource: "memory" },
  { kind: "limits", resource: "cpu" },
  { kind: "limits", resource: "memory" },
];

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/: those by which a pod is found and its version told. */
export const requiredLabels: readonly string[] = [
  "app.kubernetes.io/name",
  "app.kubernetes.io/version",
  "app.kubernetes.io/part-of",
];

/** Kinds that make pods, by API group, and where their template is. */
export const podKinds = [
  { group: "", version: "v1", resource: "pods", kind: "Pod", template: "" },
  { group: "apps", version: "v1", resource: "deployments", kind: "Deployment", template: "spec.template" },
  { group: "apps", version: "v1", resource: "statefulsets", kind: "StatefulSet", template: "spec.template" },
  { group: "apps", version: "v1", resource: "daemonsets", kind: "DaemonSet", template: "spec.template" },
  { group: "batch", version: "v1", resource: "jobs", kind: "Job", template: "spec.template" },
  { group: "batch", version: "v1", resource: "cronjobs", kind: "CronJob", template: "spec.jobTemplate.spec.template" },
  { group: "argoproj.io", version: "v1alpha1", resource: "rollouts", kind: "Rollout", template: "spec.template" },
] as const;
