/**
 * Built-in kinds that manifests may use, and the Kubernetes minors that serve them under that version: the first, and the first
 * that no longer does. From https://kubernetes.io/docs/reference/using-api/deprecation-guide/ and the kinds' own release notes;
 * recorded 2026-11-22.
 */
export interface ServedVersion {
  readonly apiVersion: string;
  readonly kinds: readonly string[];
  readonly since: number;
  readonly until?: number;
}

export const servedVersions: readonly ServedVersion[] = [
  {
    apiVersion: "v1",
    kinds: [
      ...["ConfigMap", "LimitRange", "Namespace", "PersistentVolumeClaim", "Pod", "ResourceQuota", "Secret"],
      ...["Service", "ServiceAccount"],
    ],
    since: 0,
  },
  { apiVersion: "apps/v1", kinds: ["DaemonSet", "Deployment", "StatefulSet"], since: 9 },
  { apiVersion: "autoscaling/v2", kinds: ["HorizontalPodAutoscaler"], since: 23 },
  { apiVersion: "autoscaling/v2beta2", kinds: ["HorizontalPodAutoscaler"], since: 12, until: 26 },
  { apiVersion: "batch/v1", kinds: ["Job"], since: 2 },
  { apiVersion: "batch/v1", kinds: ["CronJob"], since: 21 },
  { apiVersion: "batch/v1beta1", kinds: ["CronJob"], since: 8, until: 25 },
  { apiVersion: "networking.k8s.io/v1", kinds: ["NetworkPolicy"], since: 7 },
  { apiVersion: "policy/v1", kinds: ["PodDisruptionBudget"], since: 21 },
  { apiVersion: "policy/v1beta1", kinds: ["PodDisruptionBudget"], since: 5, until: 25 },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kinds: ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
    since: 8,
  },
  { apiVersion: "storage.k8s.io/v1", kinds: ["StorageClass"], since: 6 },
  { apiVersion: "scheduling.k8s.io/v1", kinds: ["PriorityClass"], since: 14 },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kinds: ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
    since: 30,
  },
];
