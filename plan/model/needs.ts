import { describeObject, type KubernetesObject } from "./kubernetes.ts";

/** An object that another one needs to become healthy. */
export interface Reference {
  readonly kind: string;
  readonly name: string;
  /** Undefined for what belongs to no namespace. */
  readonly namespace: string | undefined;
}

/** Places in a spec, as keys separated by '.', with every element of a list; and the kind that is named there unless a `kind` is. */
type Places = Readonly<Record<string, string>>;

const ofContainers = (containers: string): Places => ({
  [`${containers}.env.valueFrom.secretKeyRef`]: "Secret",
  [`${containers}.env.valueFrom.configMapKeyRef`]: "ConfigMap",
  [`${containers}.envFrom.secretRef`]: "Secret",
  [`${containers}.envFrom.configMapRef`]: "ConfigMap",
});

const ofPods: Places = {
  "template.spec.serviceAccountName": "ServiceAccount",
  "template.spec.volumes.secret": "Secret",
  "template.spec.volumes.configMap": "ConfigMap",
  "template.spec.volumes.persistentVolumeClaim": "PersistentVolumeClaim",
  "template.spec.imagePullSecrets": "Secret",
  ...ofContainers("template.spec.initContainers"),
  ...ofContainers("template.spec.containers"),
};

/** What each kind refers to. A kind that is not here needs nothing but its definition. */
const placesOf: Readonly<Record<string, Places>> = {
  Deployment: ofPods,
  StatefulSet: ofPods,
  DaemonSet: ofPods,
  Job: ofPods,
  CronJob: Object.fromEntries(Object.entries(ofPods).map(([at, kind]) => [`jobTemplate.spec.${at}`, kind])),
  Rollout: {
    ...ofPods,
    "strategy.canary.stableService": "Service",
    "strategy.canary.canaryService": "Service",
    "strategy.canary.steps.analysis.templates.templateName": "AnalysisTemplate",
    "strategy.blueGreen.activeService": "Service",
    "strategy.blueGreen.previewService": "Service",
    "strategy.blueGreen.prePromotionAnalysis.templates.templateName": "AnalysisTemplate",
    "strategy.blueGreen.postPromotionAnalysis.templates.templateName": "AnalysisTemplate",
  },
  HorizontalPodAutoscaler: { scaleTargetRef: "Deployment" },
  ScaledObject: { scaleTargetRef: "Deployment" },
  Certificate: { issuerRef: "Issuer" },
  ExternalSecret: { secretStoreRef: "SecretStore" },
  Gateway: { "listeners.tls.certificateRefs": "Secret" },
  HTTPRoute: { parentRefs: "Gateway", "rules.backendRefs": "Service" },
  Cluster: { "managed.roles.passwordSecret": "Secret", "plugins.parameters.barmanObjectName": "ObjectStore" },
  ObjectStore: {
    "configuration.s3Credentials.accessKeyId": "Secret",
    "configuration.s3Credentials.secretAccessKey": "Secret",
  },
  ScheduledBackup: { cluster: "Cluster" },
  BackupStorageLocation: { credential: "Secret" },
  Schedule: { "template.storageLocation": "BackupStorageLocation" },
  Application: { "destination.namespace": "Namespace" },
};

const CLUSTER_SCOPED = new Set(["ClusterIssuer", "ClusterSecretStore", "Namespace"]);

/** What an object refers to by name, without what is marked optional. */
export function referencesOf({ kind, metadata, spec }: KubernetesObject): Reference[] {
  const home = metadata.namespace;
  const places = Object.entries(placesOf[kind] ?? {});
  return [
    ...places.flatMap(([at, named]) =>
      valuesAt(spec, at).flatMap((value) => referenceIn(value, named, home ?? "default")),
    ),
    ...(home === undefined ? [] : [{ kind: "Namespace", name: home, namespace: undefined }]),
  ];
}

/** The gateways through which an issuer proves that it controls a host: its certificates wait for them. */
export function gatewaysOf({ spec, metadata }: KubernetesObject): Reference[] {
  return valuesAt(spec, "acme.solvers.http01.gatewayHTTPRoute.parentRefs").flatMap((value) =>
    referenceIn(value, "Gateway", metadata.namespace ?? "default"),
  );
}

/** Every value at a path. Lists on the way are walked through. */
function valuesAt(value: unknown, at: string): unknown[] {
  return at.split(".").reduce<unknown[]>(
    (values, key) =>
      values.flatMap((each) => {
        const inner = typeof each === "object" && each !== null ? (each as Record<string, unknown>)[key] : undefined;
        return inner === undefined || inner === null ? [] : [inner].flat();
      }),
    [value],
  );
}

/** A name, or an object that has one. */
function referenceIn(value: unknown, named: string, home: string): Reference[] {
  const {
    kind = named,
    name,
    secretName,
    claimName,
    namespace = home,
    optional = false,
  } = (typeof value === "string" ? { name: value } : value) as {
    readonly [key in "kind" | "name" | "secretName" | "claimName" | "namespace"]?: string;
  } & { readonly optional?: boolean };
  const target = name ?? secretName ?? claimName;
  if (target === undefined || optional) return [];
  return [{ kind, name: target, namespace: CLUSTER_SCOPED.has(kind) ? undefined : namespace }];
}

/** What makes a Secret: the object that its controller makes it from. */
export function secretMadeBy({ kind, metadata, spec }: KubernetesObject): Reference | undefined {
  const { secretName, target } = (spec ?? {}) as { secretName?: string; target?: { name?: string } };
  const name = { Certificate: secretName, ExternalSecret: target?.name ?? metadata.name }[kind];
  return name === undefined ? undefined : { kind: "Secret", name, namespace: metadata.namespace };
}

export const describeReference = ({ kind, name, namespace }: Reference): string =>
  describeObject({ apiVersion: "", kind, metadata: { name, ...(namespace !== undefined && { namespace }) } });
