import type { Site } from "./sites.ts";

/** Categories of "Configuration Defects in Kubernetes" (arXiv 2512.05062). */
export const categories = [
  "Custom Resource",
  "Namespaces",
  "Orphanism",
  "Pod Scheduling",
  "Property Annotation",
  "Volume Mounting",
  "Container Provisioning",
  "Data Fields",
  "Dependency",
  "Security",
  "Entity Referencing",
  "Syntax",
  "Conditional",
  "Probes",
  "Logging and monitoring",
] as const;

export type Category = (typeof categories)[number];

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"];
const VOLUMES = ["volumes", "volumeMounts", "volumeClaimTemplates", "volumeMode", "accessModes"];
const SCHEDULING = [
  "nodeSelector",
  "affinity",
  "tolerations",
  "topologySpreadConstraints",
  "priorityClassName",
  "taints",
];
const SECURITY = [
  "securityContext",
  "automountServiceAccountToken",
  "rules",
  "roleRef",
  "subjects",
  "mtls",
  "hostNetwork",
];
const SECURE_INPUT = /encrypt|kms|public|policy|principal|ingress|egress|cidr|protect|versioning|acl|iam|tls|ssl|role/i;
const REFERENCE = /(Name|Names|Ref|Refs|Selector|Id|Ids|Arn)$|^(name|names|host|hosts|hostnames)$/;
const CONDITIONS = [
  ...["strategy", "updateStrategy", "behavior", "metrics", "triggers", "schedule", "steps", "successCondition"],
  ...[
    "failureLimit",
    "maxUnavailable",
    "minAvailable",
    "progressDeadlineSeconds",
    "backoffLimit",
    "activeDeadlineSeconds",
  ],
];

const keyOf = ({ path }: Site): string => path.at(-1) ?? "";
const within = ({ path }: Site, ...keys: string[]): boolean => path.some((key) => keys.includes(key));
const isScalar = ({ value }: Site): boolean => typeof value !== "object";
const isCloud = ({ group }: Site): boolean => group === "cloud";
const isCustom = ({ group }: Site): boolean => group.includes(".") && !group.endsWith(".k8s.io");
const inSpec = ({ path }: Site): boolean => path[0] === "spec";

/** The fields that each category is about; the others are about whole objects. A field may belong to several. */
export const belongs: Readonly<
  Record<Exclude<Category, "Orphanism" | "Dependency" | "Syntax">, (site: Site) => boolean>
> = {
  "Custom Resource": (site) => isCustom(site) && inSpec(site),
  Namespaces: (site) =>
    !isCloud(site) &&
    (keyOf(site) === "namespace" ||
      within(site, "namespaceSelector") ||
      (site.kind === "Namespace" && within(site, "labels"))),
  "Pod Scheduling": (site) => within(site, ...SCHEDULING),
  "Property Annotation": (site) => within(site, "annotations", "labels") && isScalar(site),
  "Volume Mounting": (site) => within(site, ...VOLUMES),
  "Container Provisioning": (site) =>
    within(site, "containers", "initContainers") && !within(site, ...PROBES, ...VOLUMES, "securityContext"),
  "Data Fields": (site) => isScalar(site) && (inSpec(site) || isCloud(site)),
  Security: (site) =>
    isCloud(site)
      ? [site.kind, ...site.path].some((each) => SECURE_INPUT.test(each))
      : within(site, ...SECURITY) || (site.kind === "NetworkPolicy" && inSpec(site)),
  "Entity Referencing": (site) =>
    isScalar(site) && site.path[0] !== "metadata" && site.path.slice(-2).some((each) => REFERENCE.test(each)),
  Conditional: (site) => within(site, ...CONDITIONS) && !isCloud(site),
  Probes: (site) => within(site, ...PROBES),
  "Logging and monitoring": (site) => site.group === "monitoring.coreos.com" && inSpec(site),
};

/** For people alone: no machine reads them. */
const PROSE = /^(summary|description|displayName|comment|runbook_url|app\.kubernetes\.io\/(managed-by|part-of))$/;

export const isDamageable = (site: Site): boolean =>
  !within(site, "tags", "tagsAll", "$secret") && !PROSE.test(keyOf(site));
