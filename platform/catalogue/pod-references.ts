import { type Rows, under } from "./reference-row.ts";

/** Of a PersistentVolumeClaim's spec. */
export const claimRows: Rows = {
  storageClassName: "storage.k8s.io/StorageClass",
  volumeAttributesClassName: "storage.k8s.io/VolumeAttributesClass",
  volumeName: "PersistentVolume",
  dataSource: "PersistentVolumeClaim",
  dataSourceRef: "PersistentVolumeClaim",
};

const containerRows: Rows = {
  "env.valueFrom.secretKeyRef": "Secret",
  "env.valueFrom.configMapKeyRef": "ConfigMap",
  "envFrom.secretRef": "Secret",
  "envFrom.configMapRef": "ConfigMap",
};

const volumeRows: Rows = {
  secret: "Secret",
  configMap: "ConfigMap",
  persistentVolumeClaim: "PersistentVolumeClaim",
  "projected.sources.secret": "Secret",
  "projected.sources.configMap": "ConfigMap",
  azureFile: "Secret",
  "cephfs.secretRef": "Secret",
  "cinder.secretRef": "Secret",
  "csi.nodePublishSecretRef": "Secret",
  "flexVolume.secretRef": "Secret",
  "iscsi.secretRef": "Secret",
  "rbd.secretRef": "Secret",
  "scaleIO.secretRef": "Secret",
  "storageos.secretRef": "Secret",
  ...under("ephemeral.volumeClaimTemplate.spec", claimRows),
};

/** Of a pod's spec. */
const podRows: Rows = {
  serviceAccountName: "ServiceAccount",
  serviceAccount: "ServiceAccount",
  priorityClassName: "scheduling.k8s.io/PriorityClass",
  runtimeClassName: "node.k8s.io/RuntimeClass",
  imagePullSecrets: { to: "Secret", keys: [".dockerconfigjson"] },
  "resourceClaims.resourceClaimName": "resource.k8s.io/ResourceClaim",
  "resourceClaims.resourceClaimTemplateName": "resource.k8s.io/ResourceClaimTemplate",
  ...under("volumes", volumeRows),
  ...under("initContainers", containerRows),
  ...under("containers", containerRows),
  ...under("ephemeralContainers", containerRows),
};

/** Of an object with a pod template. */
export const workloadRows: Rows = under("spec.template.spec", podRows);
export const cronJobRows: Rows = under("spec.jobTemplate.spec.template.spec", podRows);
export const podObjectRows: Rows = under("spec", podRows);
