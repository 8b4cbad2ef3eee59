import type { KubeObject } from "./client.ts";
import { descriptors } from "../environments.ts";
import { asDeployment } from "./cluster.ts";

/** What a stand-in sees of the cluster: the objects of the kinds that stand-ins know, as of the same round. */
export class Snapshot {
  constructor(readonly objects: readonly KubeObject[]) {}

  find(kind: string, name: string, namespace?: string): KubeObject | undefined {
    return this.objects.find(
      ({ kind: each, metadata }) => each === kind && metadata.name === name && metadata.namespace === namespace,
    );
  }

  all(kind: string): KubeObject[] {
    return this.objects.filter((object) => object.kind === kind);
  }
}

/** What a stand-in writes about an object. */
export interface Outcome {
  readonly status?: object;
  /** Objects that are applied unless they are there as of the same `REVISION`. */
  readonly applies?: readonly KubeObject[];
  /** Fields of its specification that the operator fills in. */
  readonly spec?: object;
}

/** The annotation of an applied object that says when it has to be applied again. */
export const REVISION = "test.promptops.io/revision";

/** Does for one kind what its operator would, as far as Argo CD's health scripts see it. */
export interface StandIn {
  readonly kind: string;
  /** Where all objects of the kind are listed. */
  readonly path: string;
  /** List only metadata. The schemas of definitions are megabytes. */
  readonly metadataOnly?: boolean;
  /** Its definition has no status subresource. */
  readonly noSubresource?: boolean;
  /** @default - the kind is only seen by others */
  readonly reconcile?: (object: KubeObject, seen: Snapshot, definitions: readonly KubeObject[]) => Outcome;
}

/** The kinds whose definitions an add-on's Application brings. */
const kindsOfApplications = new Map(
  descriptors.addons
    .filter(({ delivery }) => delivery.by === "application")
    .map(({ name, kinds = [] }) => [name, new Set(kinds)]),
);

const definedKind = ({ spec }: KubeObject): string => `${spec.group}/${spec.names.kind}`;

/** The definitions that are there before the first sync: those that no Application brings. */
export const isPrerequisite = (definition: KubeObject): boolean =>
  ![...kindsOfApplications.values()].some((kinds) => kinds.has(definedKind(definition)));

// A fixed time keeps a status equal from round to round.
const lastTransitionTime = "2026-01-01T00:00:00Z";

const condition = (type: string, isTrue: boolean, reason: string, message: string): object => ({
  type,
  status: isTrue ? "True" : "False",
  reason,
  message,
  lastTransitionTime,
});

const ready = (reason: string): object => ({ conditions: [condition("Ready", true, reason, reason)] });

const secret = (name: string, namespace: string | undefined, keys: readonly string[]): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  stringData: Object.fromEntries(keys.map((key) => [key, "stand-in"])),
});

const hasCondition = (object: KubeObject | undefined, type: string): boolean =>
  ((object?.["status"]?.conditions ?? []) as { type: string; status: string }[]).some(
    (each) => each.type === type && each.status === "True",
  );

/** Argo CD on an add-on: its definitions are installed once its namespace is there, if it syncs without a person. */
function application({ metadata, spec }: KubeObject, seen: Snapshot, definitions: readonly KubeObject[]): Outcome {
  // The root Application is what the test syncs.
  if (spec.source.directory) return {};
  if (!spec.syncPolicy?.automated) return { status: { sync: { status: "OutOfSync" }, health: { status: "Missing" } } };
  if (!seen.find("Namespace", spec.destination.namespace)) {
    return { status: { sync: { status: "OutOfSync" }, health: { status: "Missing", message: "no namespace" } } };
  }
  const kinds = kindsOfApplications.get(metadata.name) ?? new Set();
  return {
    applies: definitions.filter((definition) => kinds.has(definedKind(definition))),
    status: { sync: { status: "Synced" }, health: { status: "Healthy" } },
  };
}

/** cert-manager: an ACME issuer's HTTP-01 challenge is answered by the gateways that its solvers name. */
function certificate({ metadata, spec }: KubeObject, seen: Snapshot): Outcome {
  const waits = (message: string): Outcome => ({
    status: {
      conditions: [
        condition("Issuing", true, "DoesNotExist", message),
        condition("Ready", false, "DoesNotExist", message),
      ],
    },
  });
  const issuer = seen.find(spec.issuerRef.kind as string, spec.issuerRef.name as string);
  if (!hasCondition(issuer, "Ready")) return waits(`${spec.issuerRef.kind} ${spec.issuerRef.name} is not ready`);
  for (const { name, namespace } of solverGateways(issuer)) {
    if (!hasCondition(seen.find("Gateway", name, namespace), "Programmed")) {
      return waits(`Gateway ${namespace}/${name}, which answers the challenge, is not programmed`);
    }
  }
  return {
    applies: [secret(spec.secretName as string, metadata.namespace, ["tls.crt", "tls.key"])],
    status: { conditions: [condition("Ready", true, "Ready", "Certificate is up to date and has not expired")] },
  };
}

function solverGateways(issuer: KubeObject | undefined): { name: string; namespace: string }[] {
  interface Solver {
    http01?: { gatewayHTTPRoute?: { parentRefs?: { name: string; namespace: string }[] } };
  }
  const solvers = (issuer?.["spec"].acme?.solvers ?? []) as Solver[];
  return solvers.flatMap(({ http01 }) => http01?.gatewayHTTPRoute?.parentRefs ?? []);
}

/** External Secrets Operator. */
function externalSecret({ metadata, spec }: KubeObject, seen: Snapshot): Outcome {
  const { kind, name } = spec.secretStoreRef as { kind: string; name: string };
  if (!hasCondition(seen.find(kind, name), "Ready")) {
    return { status: { conditions: [condition("Ready", false, "SecretSyncedError", `${kind} ${name} is not ready`)] } };
  }
  const target = (spec.target?.name as string | undefined) ?? metadata.name;
  const keys = ((spec.data ?? []) as { secretKey: string }[]).map(({ secretKey }) => secretKey);
  return { applies: [secret(target, metadata.namespace, keys)], status: ready("SecretSynced") };
}

/** Istio: a listener whose certificate is missing is not programmed, and the gateway is nevertheless. */
function gateway({ metadata, spec }: KubeObject, seen: Snapshot): Outcome {
  const { namespace, generation: observedGeneration } = metadata;
  const observed = (...conditions: object[]): object[] => conditions.map((each) => ({ ...each, observedGeneration }));
  interface Listener {
    name: string;
    tls?: { certificateRefs: { name: string }[] };
  }
  const listeners = (spec.listeners as Listener[]).map(({ name, tls }) => {
    const missing = tls?.certificateRefs.find((each) => !seen.find("Secret", each.name, namespace))?.name;
    const resolved = missing === undefined;
    return {
      name,
      attachedRoutes: 0,
      supportedKinds: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }],
      conditions: observed(
        condition("Accepted", true, "Accepted", "No errors found"),
        resolved
          ? condition("Programmed", true, "Programmed", "No errors found")
          : condition("Programmed", false, "Invalid", "Bad TLS configuration"),
        resolved
          ? condition("ResolvedRefs", true, "ResolvedRefs", "No errors found")
          : condition("ResolvedRefs", false, "InvalidCertificateRef", `secret ${namespace}/${missing} not found`),
      ),
    };
  });
  const conditions = observed(
    condition("Accepted", true, "Accepted", "Resource accepted"),
    condition("Programmed", true, "Programmed", "Resource programmed"),
  );
  return { status: { conditions, listeners } };
}

/** Istio: a route is accepted by a gateway that is there. */
function httpRoute({ metadata, spec }: KubeObject, seen: Snapshot): Outcome {
  const { generation: observedGeneration } = metadata;
  const parents = (spec.parentRefs as { name: string; namespace?: string }[]).filter(({ name, namespace }) =>
    seen.find("Gateway", name, namespace ?? metadata.namespace),
  );
  if (parents.length === 0) return {};
  const conditions = [
    { ...condition("Accepted", true, "Accepted", "Route was valid"), observedGeneration },
    { ...condition("ResolvedRefs", true, "ResolvedRefs", "All references resolved"), observedGeneration },
  ];
  const controllerName = "istio.io/gateway-controller";
  return { status: { parents: parents.map((parentRef) => ({ parentRef, controllerName, conditions })) } };
}

/** A storage driver: a volume for each claim. The real controller binds the two. */
function persistentVolumeClaim({ metadata, spec, status }: KubeObject): Outcome {
  if (status?.phase === "Bound") return {};
  const volume: KubeObject = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `stand-in-${metadata.namespace}-${metadata.name}` },
    spec: {
      accessModes: spec.accessModes as string[],
      capacity: spec.resources.requests as object,
      storageClassName: spec.storageClassName as string,
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", ...pick(metadata) },
      csi: { driver: "stand-in", volumeHandle: metadata.name },
    },
  };
  return { applies: [volume] };
}

const pick = ({ name, namespace }: KubeObject["metadata"]): object => ({ name, namespace });

/** KEDA: what it scales has to be there. */
function scaledObject({ metadata, spec }: KubeObject, seen: Snapshot): Outcome {
  const { kind = "Deployment", name } = spec.scaleTargetRef as { kind?: string; name: string };
  const found = seen.find(kind, name, metadata.namespace);
  return {
    status: {
      conditions: [
        condition("Ready", found !== undefined, "ScaledObjectReady", `${kind} ${name} is ${found ? "" : "not "}there`),
      ],
    },
  };
}

/** Argo Rollouts, without steps: its pods come from a Deployment with the same template. */
function rollout(object: KubeObject, seen: Snapshot): Outcome {
  const { name, namespace, generation, uid } = object.metadata as KubeObject["metadata"] & { uid: string };
  const { replicas, selector } = object["spec"];
  if (replicas === undefined) return { spec: { replicas: 1 } };
  const observedGeneration = String(generation);
  const made = asDeployment(
    { apiVersion: object.apiVersion, kind: "Rollout", metadata: {}, spec: object["spec"] },
    replicas as number,
  );
  const owner = { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name, uid, controller: true };
  const metadata = { name, namespace, annotations: { [REVISION]: observedGeneration }, ownerReferences: [owner] };
  const deployment = seen.find("Deployment", name, namespace);
  const { observedGeneration: seenGeneration, updatedReplicas, availableReplicas } = deployment?.["status"] ?? {};
  const isDone =
    deployment?.metadata.annotations?.[REVISION] === observedGeneration &&
    seenGeneration === deployment.metadata.generation &&
    updatedReplicas === replicas &&
    availableReplicas === replicas;
  const labels = Object.entries((selector as { matchLabels: Record<string, string> }).matchLabels);
  return {
    applies: [{ ...made, metadata } as KubeObject],
    status: {
      phase: isDone ? "Healthy" : "Progressing",
      observedGeneration,
      replicas,
      selector: labels.map(([key, value]) => `${key}=${value}`).join(),
    },
  };
}

const always =
  (status: object): (() => Outcome) =>
  () => ({ status });

export const standIns: readonly StandIn[] = [
  { kind: "Namespace", path: "/api/v1/namespaces" },
  { kind: "Secret", path: "/api/v1/secrets" },
  { kind: "PersistentVolume", path: "/api/v1/persistentvolumes" },
  { kind: "Deployment", path: "/apis/apps/v1/deployments" },
  {
    kind: "CustomResourceDefinition",
    path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    metadataOnly: true,
  },
  { kind: "PersistentVolumeClaim", path: "/api/v1/persistentvolumeclaims", reconcile: persistentVolumeClaim },
  { kind: "Application", path: "/apis/argoproj.io/v1alpha1/applications", noSubresource: true, reconcile: application },
  { kind: "Rollout", path: "/apis/argoproj.io/v1alpha1/rollouts", reconcile: rollout },
  {
    kind: "ClusterIssuer",
    path: "/apis/cert-manager.io/v1/clusterissuers",
    reconcile: always(ready("ACMEAccountRegistered")),
  },
  { kind: "Certificate", path: "/apis/cert-manager.io/v1/certificates", reconcile: certificate },
  {
    kind: "ClusterSecretStore",
    path: "/apis/external-secrets.io/v1/clustersecretstores",
    reconcile: always(ready("Valid")),
  },
  { kind: "ExternalSecret", path: "/apis/external-secrets.io/v1/externalsecrets", reconcile: externalSecret },
  { kind: "Gateway", path: "/apis/gateway.networking.k8s.io/v1/gateways", reconcile: gateway },
  { kind: "HTTPRoute", path: "/apis/gateway.networking.k8s.io/v1/httproutes", reconcile: httpRoute },
  { kind: "ScaledObject", path: "/apis/keda.sh/v1alpha1/scaledobjects", reconcile: scaledObject },
  {
    kind: "Cluster",
    path: "/apis/postgresql.cnpg.io/v1/clusters",
    reconcile: always({ ...ready("ClusterIsReady"), phase: "Cluster in healthy state" }),
  },
  {
    kind: "RabbitmqCluster",
    path: "/apis/rabbitmq.com/v1beta1/rabbitmqclusters",
    reconcile: always({
      conditions: ["AllReplicasReady", "ClusterAvailable", "ReconcileSuccess"].map((type) =>
        condition(type, true, "Success", ""),
      ),
    }),
  },
  {
    kind: "BackupStorageLocation",
    path: "/apis/velero.io/v1/backupstoragelocations",
    noSubresource: true,
    reconcile: always({ phase: "Available" }),
  },
];
