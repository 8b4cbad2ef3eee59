/**
 * The built-in kinds, typed: cdk8s-plus-28's generated classes. Another library of kinds would be a change of this file
 * alone.
 */
import { JsonPatch } from "cdk8s";
import { KubeDeployment } from "cdk8s-plus-28/lib/imports/k8s.js";

export {
  type Container,
  type DeploymentStrategy,
  type EnvVar,
  IntOrString,
  KubeConfigMap as ConfigMap,
  KubeHorizontalPodAutoscalerV2 as HorizontalPodAutoscaler,
  KubeJob as Job,
  KubeNamespace as Namespace,
  KubeNetworkPolicy as NetworkPolicy,
  KubePersistentVolumeClaim as PersistentVolumeClaim,
  KubePodDisruptionBudget as PodDisruptionBudget,
  KubeResourceQuota as ResourceQuota,
  KubeService as Service,
  KubeServiceAccount as ServiceAccount,
  KubeStatefulSet as StatefulSet,
  type HorizontalPodAutoscalerBehaviorV2,
  type LabelSelector,
  type MetricSpecV2,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
  type PodTemplateSpec,
  type Toleration,
  type Probe,
  Quantity,
  toJson_LabelSelector,
  toJson_PodTemplateSpec,
  type Volume,
  type VolumeMount,
} from "cdk8s-plus-28/lib/imports/k8s.js";

/**
 * The generated classes are of Kubernetes 1.28 and drop the fields that came since, after a patch has added them. Here a
 * patch is applied to what they render.
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
