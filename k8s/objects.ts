/** The built-in kinds, typed: cdk8s-plus-28's generated classes. Only this file knows which library they come from. */
import { JsonPatch } from "cdk8s";
import { KubeDeployment, KubeStatefulSet } from "cdk8s-plus-28/lib/imports/k8s.js";

export {
  type Container,
  type DeploymentStrategy,
  type EnvVar,
  type EnvVarSource,
  IntOrString,
  KubeConfigMap as ConfigMap,
  KubeCronJob as CronJob,
  KubeHorizontalPodAutoscalerV2 as HorizontalPodAutoscaler,
  KubeJob as Job,
  KubeNamespace as Namespace,
  KubeNetworkPolicy as NetworkPolicy,
  KubePersistentVolumeClaim as PersistentVolumeClaim,
  KubePodDisruptionBudget as PodDisruptionBudget,
  KubeResourceQuota as ResourceQuota,
  KubeSecret as Secret,
  KubeService as Service,
  KubeServiceAccount as ServiceAccount,
  type HorizontalPodAutoscalerBehaviorV2,
  type LabelSelector,
  type MetricSpecV2,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
  type PodTemplateSpec,
  type Toleration,
  type Probe,
  Quantity,
  type SecurityContext,
  toJson_LabelSelector,
  toJson_PodTemplateSpec,
  type Volume,
  type VolumeMount,
} from "cdk8s-plus-28/lib/imports/k8s.js";

/**
 * The generated classes are of Kubernetes 1.28 and drop newer fields, even those that a patch added. Here patches apply to
 * what the classes render.
 */
export class Deployment extends KubeDeployment {
  readonly #patches: JsonPatch[] = [];

  override addJsonPatch(...patches: JsonPatch[]): void {
    this.#patches.push(...patches);
  }

  override toJson(): unknown {
    return JsonPatch.apply(super.toJson() as object, ...this.#patches);
  }
}

/** As Deployment. */
export class StatefulSet extends KubeStatefulSet {
  readonly #patches: JsonPatch[] = [];

  override addJsonPatch(...patches: JsonPatch[]): void {
    this.#patches.push(...patches);
  }

  override toJson(): unknown {
    return JsonPatch.apply(super.toJson() as object, ...this.#patches);
  }
}
