import { describeObject, type KubernetesObject, type PodSpec, type PodTemplate } from "./kubernetes.ts";

/** An object that another one needs to become healthy. */
export interface Reference {
  readonly kind: string;
  readonly name: string;
  /** Undefined for what belongs to no namespace. */
  readonly namespace: string | undefined;
}

interface Named {
  readonly name: string;
  readonly namespace?: string;
  readonly kind?: string;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- the specs of many kinds, each read at a few paths */
type Reader = (spec: any, own: { readonly name: string; readonly namespace: string }) => (Reference | undefined)[];

/** What each kind refers to. A kind that is not here needs nothing but its definition. */
const readers: Readonly<Record<string, Reader>> = {
  Deployment: workload,
  StatefulSet: workload,
  DaemonSet: workload,
  Job: workload,
  Rollout: (spec, own) => {
    const { canary = {}, blueGreen = {} } = spec.strategy ?? {};
    const services = [canary.stableService, canary.canaryService, blueGreen.activeService, blueGreen.previewService];
    const templates = (canary.steps ?? []).flatMap((step: any) => step.analysis?.templates ?? []);
    return [
      ...workload(spec, own),
      ...services.map((name) => inNamespace(own, "Service", name)),
      ...templates.map(({ templateName }: any) => inNamespace(own, "AnalysisTemplate", templateName)),
    ];
  },
  HorizontalPodAutoscaler: (spec, own) => [inNamespace(own, spec.scaleTargetRef.kind, spec.scaleTargetRef.name)],
  ScaledObject: (spec, own) => [inNamespace(own, spec.scaleTargetRef.kind ?? "Deployment", spec.scaleTargetRef.name)],
  Certificate: ({ issuerRef }, own) => [issuer(issuerRef, own)],
  ExternalSecret: ({ secretStoreRef = {} }, own) => [
    (secretStoreRef.kind ?? "SecretStore") === "ClusterSecretStore"
      ? { kind: "ClusterSecretStore", name: secretStoreRef.name, namespace: undefined }
      : inNamespace(own, "SecretStore", secretStoreRef.name),
  ],
  Gateway: (spec, own) =>
    (spec.listeners ?? []).flatMap(({ tls = {} }: any) =>
      (tls.certificateRefs ?? []).map((ref: Named) => inNamespace(own, "Secret", ref.name, ref.namespace)),
    ),
  HTTPRoute: (spec, own) => [
    ...(spec.parentRefs ?? []).map((ref: Named) => inNamespace(own, "Gateway", ref.name, ref.namespace)),
    ...(spec.rules ?? []).flatMap(({ backendRefs = [] }: any) =>
      backendRefs.map((ref: Named) => inNamespace(own, ref.kind ?? "Service", ref.name, ref.namespace)),
    ),
  ],
  Cluster: ({ managed = {}, plugins = [] }, own) => [
    ...(managed.roles ?? []).map(({ passwordSecret }: any) => inNamespace(own, "Secret", passwordSecret?.name)),
    ...plugins.map(({ parameters = {} }: any) => inNamespace(own, "ObjectStore", parameters.barmanObjectName)),
  ],
  ObjectStore: ({ configuration: { s3Credentials = {} } }, own) =>
    ["accessKeyId", "secretAccessKey"].map((key) => inNamespace(own, "Secret", s3Credentials[key]?.name)),
  ScheduledBackup: (spec, own) => [inNamespace(own, "Cluster", spec.cluster.name)],
  BackupStorageLocation: ({ credential }, own) => [inNamespace(own, "Secret", credential?.name)],
  Schedule: ({ template }, own) => [inNamespace(own, "BackupStorageLocation", template.storageLocation)],
  Application: ({ destination }) => [{ kind: "Namespace", name: destination.namespace, namespace: undefined }],
};

/** What an object refers to by name, without what is marked optional. */
export function referencesOf({ kind, metadata, spec }: KubernetesObject): Reference[] {
  const own = { name: metadata.name, namespace: metadata.namespace ?? "default" };
  const read = readers[kind]?.(spec ?? {}, own) ?? [];
  const home = metadata.namespace;
  return [
    ...read.flatMap((reference) => reference ?? []),
    ...(home === undefined ? [] : [{ kind: "Namespace", name: home, namespace: undefined }]),
  ];
}

/** The gateways through which an issuer proves that hosts are ours: a Certificate of it waits for them. */
export function gatewaysOf({ spec }: KubernetesObject): Reference[] {
  const solvers = (spec as any)?.acme?.solvers ?? [];
  return solvers.flatMap(({ http01 = {} }: any) =>
    (http01.gatewayHTTPRoute?.parentRefs ?? []).map(({ name, namespace }: Named) => ({
      kind: "Gateway",
      name,
      namespace,
    })),
  );
}

function workload(spec: any, own: { readonly namespace: string }): (Reference | undefined)[] {
  const { spec: pod } = spec.template as PodTemplate;
  return podReferences(pod, own);
}

function podReferences(
  pod: PodSpec & { readonly serviceAccountName?: string },
  own: { readonly namespace: string },
): (Reference | undefined)[] {
  const volumes = (pod.volumes ?? []) as readonly any[];
  const containers = [...(pod.initContainers ?? []), ...pod.containers] as readonly any[];
  const required = (kind: string, source: any, key = "name"): Reference | undefined =>
    source && !source.optional ? inNamespace(own, kind, source[key]) : undefined;
  return [
    inNamespace(own, "ServiceAccount", pod.serviceAccountName),
    ...volumes.flatMap(({ secret, configMap, persistentVolumeClaim }) => [
      required("Secret", secret, "secretName"),
      required("ConfigMap", configMap),
      required("PersistentVolumeClaim", persistentVolumeClaim, "claimName"),
    ]),
    ...containers.flatMap(({ env = [], envFrom = [] }) => [
      ...env.flatMap(({ valueFrom = {} }: any) => [
        required("Secret", valueFrom.secretKeyRef),
        required("ConfigMap", valueFrom.configMapKeyRef),
      ]),
      ...envFrom.flatMap(({ secretRef, configMapRef }: any) => [
        required("Secret", secretRef),
        required("ConfigMap", configMapRef),
      ]),
    ]),
    ...(pod.imagePullSecrets ?? []).map(({ name }) => inNamespace(own, "Secret", name)),
  ];
}

function issuer({ kind = "Issuer", name }: Named, own: { readonly namespace: string }): Reference | undefined {
  return kind === "ClusterIssuer" ? { kind, name, namespace: undefined } : inNamespace(own, kind, name);
}

function inNamespace(
  own: { readonly namespace: string },
  kind: string,
  name: string | undefined,
  namespace: string = own.namespace,
): Reference | undefined {
  return name === undefined ? undefined : { kind, name, namespace };
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/** What makes a Secret: the object that its controller makes it from. */
export function secretMadeBy({ kind, metadata, spec }: KubernetesObject): Reference | undefined {
  const { secretName, target } = (spec ?? {}) as { secretName?: string; target?: { name?: string } };
  const name = { Certificate: secretName, ExternalSecret: target?.name ?? metadata.name }[kind];
  return name === undefined ? undefined : { kind: "Secret", name, namespace: metadata.namespace };
}

export const describeReference = ({ kind, name, namespace }: Reference): string =>
  describeObject({ apiVersion: "", kind, metadata: { name, ...(namespace !== undefined && { namespace }) } });
