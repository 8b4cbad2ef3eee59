import { claimRows, cronJobRows, podObjectRows, workloadRows } from "./pod-references.ts";
import { type Row, type Rows, under } from "./reference-row.ts";

const NAMESPACE = "Namespace";
const WEBHOOK: Row = { to: "Service", port: 443, later: "it is called when an object of its rules is written" };
const BACKEND = "Service";
const ANALYSIS: Row = { to: "argoproj.io/AnalysisTemplate", name: "templateName" };

/** Where a Rollout's analyses name their templates. */
const analysisRows = (...places: string[]): Rows => Object.fromEntries(places.map((place) => [place, ANALYSIS]));

const httpFilterRows: Rows = {
  "requestMirror.backendRef": BACKEND,
  "externalAuth.backendRef": BACKEND,
  extensionRef: "",
};

const tlsRows: Rows = {
  "ca.secret": "Secret",
  "ca.configMap": "ConfigMap",
  "cert.secret": "Secret",
  "cert.configMap": "ConfigMap",
  keySecret: "Secret",
};

/** Of a monitor's endpoints. */
const endpointRows: Rows = {
  "authorization.credentials": "Secret",
  "basicAuth.username": "Secret",
  "basicAuth.password": "Secret",
  bearerTokenSecret: "Secret",
  "oauth2.clientId.secret": "Secret",
  "oauth2.clientId.configMap": "ConfigMap",
  "oauth2.clientSecret": "Secret",
  "oauth2.proxyConnectHeader.*": "Secret",
  "proxyConnectHeader.*": "Secret",
  ...under("oauth2.tlsConfig", tlsRows),
  ...under("tlsConfig", tlsRows),
};

/** Of an issuer's spec; Let's Encrypt's challenges are answered by its gateways. */
const issuerRows = (home?: "server"): Rows => {
  const secret: Row = { to: "Secret", kind: false, ...(home && { home }) };
  return {
    "acme.externalAccountBinding.keySecretRef": secret,
    "acme.solvers.dns01.route53.accessKeyIDSecretRef": secret,
    "acme.solvers.dns01.route53.secretAccessKeySecretRef": secret,
    "acme.solvers.dns01.route53.auth.kubernetes.serviceAccountRef": {
      ...{ to: "ServiceAccount", kind: false },
      ...(home && { home }),
    },
    "acme.solvers.http01.gatewayHTTPRoute.parentRefs": {
      to: "gateway.networking.k8s.io/Gateway",
      later: "an issuer is ready before the first challenge; its certificates wait",
    },
    ca: { ...secret, keys: ["tls.crt", "tls.key"] },
  };
};

const bindingRows: Rows = {
  roleRef: { to: "rbac.authorization.k8s.io/ClusterRole", later: "access is granted when the role is there" },
  subjects: { to: "ServiceAccount", later: "access is granted when the account is there" },
};

const bundleRows: Rows = {
  "metadata.annotations[cert-manager.io/inject-ca-from]": {
    to: "cert-manager.io/Certificate",
    qualified: true,
    later: "the bundle is put in when the certificate is there",
  },
};

const POD_KINDS = ["apps/Deployment", "apps/DaemonSet", "apps/ReplicaSet", "batch/Job"];

const webhookRows: Rows = { "webhooks.clientConfig.service": WEBHOOK, ...bundleRows };

/**
 * Every place where an object names another one, by kind. An object of a kind that is not here names nothing but its namespace.
 * `test/plan/references.test.ts` walks the schemas of all kinds in use and demands that each field of such a name is here.
 */
export const references: Readonly<Record<string, Rows>> = {
  ...Object.fromEntries(POD_KINDS.map((kind) => [kind, workloadRows])),
  Pod: podObjectRows,
  "batch/CronJob": cronJobRows,
  "apps/StatefulSet": {
    ...workloadRows,
    ...under("spec.volumeClaimTemplates.spec", claimRows),
    "spec.serviceName": { to: "Service", later: "pods start without the names that it gives them" },
  },
  "argoproj.io/Rollout": {
    ...workloadRows,
    "spec.workloadRef": "",
    "spec.strategy.canary.stableService": "Service",
    "spec.strategy.canary.canaryService": "Service",
    "spec.strategy.canary.pingPong.pingService": "Service",
    "spec.strategy.canary.pingPong.pongService": "Service",
    "spec.strategy.blueGreen.activeService": "Service",
    "spec.strategy.blueGreen.previewService": "Service",
    ...analysisRows(
      "spec.strategy.canary.analysis.templates",
      "spec.strategy.canary.steps.analysis.templates",
      "spec.strategy.canary.steps.experiment.analyses",
      "spec.strategy.blueGreen.prePromotionAnalysis.templates",
      "spec.strategy.blueGreen.postPromotionAnalysis.templates",
    ),
    // The first version, too, is healthy once its weight is set (reconcileTrafficRouting in rollout/trafficrouting.go at v1.10.1).
    "spec.strategy.canary.trafficRouting.plugins[argoproj-labs/gatewayAPI].httpRoutes":
      "gateway.networking.k8s.io/HTTPRoute",
    "spec.strategy.canary.trafficRouting.plugins[argoproj-labs/gatewayAPI].namespace": NAMESPACE,
    "spec.strategy.canary.trafficRouting.istio.virtualService": "networking.istio.io/VirtualService",
    "spec.strategy.canary.trafficRouting.istio.virtualServices": "networking.istio.io/VirtualService",
    "spec.strategy.canary.trafficRouting.istio.destinationRule": "networking.istio.io/DestinationRule",
    "spec.strategy.canary.trafficRouting.nginx.stableIngress": "networking.k8s.io/Ingress",
    "spec.strategy.canary.trafficRouting.alb.ingress": "networking.k8s.io/Ingress",
    "spec.strategy.canary.trafficRouting.alb.rootService": "Service",
    "spec.strategy.canary.trafficRouting.smi": { to: "split.smi-spec.io/TrafficSplit", name: "trafficSplitName" },
    "spec.strategy.canary.trafficRouting.smi.rootService": "Service",
    "spec.strategy.canary.trafficRouting.traefik.weightedTraefikServiceName": "traefik.io/TraefikService",
    "spec.strategy.canary.trafficRouting.appMesh.virtualNodeGroup.canaryVirtualNodeRef": "appmesh.k8s.aws/VirtualNode",
    "spec.strategy.canary.trafficRouting.appMesh.virtualNodeGroup.stableVirtualNodeRef": "appmesh.k8s.aws/VirtualNode",
  },
  "argoproj.io/AnalysisTemplate": {
    "spec.args.valueFrom.secretKeyRef": "Secret",
    "spec.templates": ANALYSIS,
    "spec.metrics.provider.datadog.secretRef": { to: "Secret", kind: false },
  },
  "argoproj.io/Application": { "spec.project": "argoproj.io/AppProject", "spec.destination.namespace": NAMESPACE },
  "autoscaling/HorizontalPodAutoscaler": { "spec.scaleTargetRef": "", "spec.metrics.object.describedObject": "" },
  "policy/PodDisruptionBudget": {},
  PersistentVolumeClaim: under("spec", claimRows),
  ServiceAccount: {
    secrets: { to: "Secret", kind: false },
    imagePullSecrets: { to: "Secret", keys: [".dockerconfigjson"] },
  },
  "networking.k8s.io/Ingress": {
    "spec.ingressClassName": "networking.k8s.io/IngressClass",
    "spec.defaultBackend.service": "Service",
    "spec.rules.http.paths.backend.service": "Service",
    "spec.tls": { to: "Secret", keys: ["tls.crt", "tls.key"] },
  },
  "rbac.authorization.k8s.io/RoleBinding": bindingRows,
  "rbac.authorization.k8s.io/ClusterRoleBinding": bindingRows,
  "admissionregistration.k8s.io/MutatingWebhookConfiguration": webhookRows,
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration": webhookRows,
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": {
    "spec.policyName": "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
  },
  "apiregistration.k8s.io/APIService": { "spec.service": WEBHOOK },
  "apiextensions.k8s.io/CustomResourceDefinition": {
    "spec.conversion.webhook.clientConfig.service": WEBHOOK,
    ...bundleRows,
  },
  "cert-manager.io/Certificate": {
    "spec.issuerRef": "cert-manager.io/Issuer",
    "spec.keystores.jks.passwordSecretRef": "Secret",
    "spec.keystores.pkcs12.passwordSecretRef": "Secret",
  },
  "cert-manager.io/Issuer": under("spec", issuerRows()),
  "cert-manager.io/ClusterIssuer": under("spec", issuerRows("server")),
  "external-secrets.io/ExternalSecret": { "spec.secretStoreRef": "external-secrets.io/SecretStore" },
  "external-secrets.io/ClusterSecretStore": {
    "spec.conditions.namespaces": NAMESPACE,
    "spec.provider.kubernetes.remoteNamespace": NAMESPACE,
    "spec.provider.kubernetes.auth.serviceAccount": "ServiceAccount",
    "spec.provider.kubernetes.server.caProvider": { to: "ConfigMap", kind: "type" },
  },
  "gateway.networking.k8s.io/Gateway": {
    "spec.gatewayClassName": "gateway.networking.k8s.io/GatewayClass",
    "spec.infrastructure.parametersRef": "",
    "spec.listeners.tls.certificateRefs": { to: "Secret", keys: ["tls.crt", "tls.key"] },
    "spec.tls.backend.clientCertificateRef": { to: "Secret", keys: ["tls.crt", "tls.key"] },
    "spec.tls.frontend.default.validation.caCertificateRefs": { to: "ConfigMap", keys: ["ca.crt"] },
    "spec.tls.frontend.perPort.tls.validation.caCertificateRefs": { to: "ConfigMap", keys: ["ca.crt"] },
  },
  "gateway.networking.k8s.io/HTTPRoute": {
    "spec.parentRefs": {
      to: "gateway.networking.k8s.io/Gateway",
      later: "Argo CD takes a route for healthy that no gateway has judged yet",
    },
    "spec.rules.backendRefs": BACKEND,
    ...under("spec.rules.filters", httpFilterRows),
    ...under("spec.rules.backendRefs.filters", httpFilterRows),
  },
  "networking.istio.io/EnvoyFilter": { "spec.targetRefs": "gateway.networking.k8s.io/Gateway" },
  "keda.sh/ScaledObject": {
    "spec.scaleTargetRef": "apps/Deployment",
    "spec.triggers.authenticationRef": "keda.sh/TriggerAuthentication",
  },
  "monitoring.coreos.com/ServiceMonitor": {
    ...under("spec.endpoints", endpointRows),
    "spec.namespaceSelector.matchNames": NAMESPACE,
  },
  "monitoring.coreos.com/PodMonitor": {
    ...under("spec.podMetricsEndpoints", endpointRows),
    "spec.namespaceSelector.matchNames": NAMESPACE,
  },
  "monitoring.coreos.com/Prometheus": {
    "spec.serviceAccountName": "ServiceAccount",
    "spec.alerting.alertmanagers": { to: "Service", kind: false },
    "spec.storage.volumeClaimTemplate.spec.storageClassName": "storage.k8s.io/StorageClass",
  },
  "monitoring.coreos.com/Alertmanager": {
    "spec.serviceAccountName": "ServiceAccount",
    "spec.configSecret": "Secret",
    "spec.secrets": "Secret",
  },
  "postgresql.cnpg.io/Cluster": {
    "spec.bootstrap.initdb.secret": "Secret",
    "spec.managed.roles.passwordSecret": { to: "Secret", keys: ["username", "password"] },
    "spec.storage.storageClass": "storage.k8s.io/StorageClass",
    "spec.plugins.parameters": { to: "barmancloud.cnpg.io/ObjectStore", name: "barmanObjectName", kind: false },
  },
  "postgresql.cnpg.io/ScheduledBackup": { "spec.cluster": "postgresql.cnpg.io/Cluster" },
  "barmancloud.cnpg.io/ObjectStore": {
    "spec.configuration.s3Credentials.accessKeyId": "Secret",
    "spec.configuration.s3Credentials.secretAccessKey": "Secret",
    "spec.configuration.s3Credentials.region": "Secret",
    "spec.configuration.s3Credentials.sessionToken": "Secret",
    "spec.configuration.endpointCA": "Secret",
  },
  "rabbitmq.com/RabbitmqCluster": { "spec.persistence.storageClassName": "storage.k8s.io/StorageClass" },
  "velero.io/BackupStorageLocation": { "spec.credential": "Secret", "spec.objectStorage.caCertRef": "Secret" },
  "velero.io/Schedule": {
    "spec.template.storageLocation": "velero.io/BackupStorageLocation",
    "spec.template.volumeSnapshotLocations": "velero.io/VolumeSnapshotLocation",
    "spec.template.includedNamespaces": { to: NAMESPACE, later: "a backup takes the namespaces that are there" },
    "spec.template.resourcePolicy": { to: "ConfigMap", kind: false },
  },
};
