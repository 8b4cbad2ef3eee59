import { describeObject, type KubernetesObject, type SecretKey, waveOf } from "./kubernetes.ts";
import type { Plan } from "./plan.ts";
import type { PodSource } from "./pods.ts";

/** A place where an object refers to a Secret of its namespace. */
export interface SecretReference {
  /** `Deployment application/api`. */
  readonly by: string;
  readonly workload: string | undefined;
  readonly namespace: string;
  readonly secret: string;
  /** Keys that have to be there; empty when the whole Secret is taken as it is. */
  readonly keys: readonly string[];
  readonly wave: number;
}

interface GatewaySpec {
  readonly listeners?: readonly {
    readonly tls?: {
      readonly certificateRefs?: readonly {
        readonly kind?: string;
        readonly name: string;
        readonly namespace?: string;
      }[];
    };
  }[];
}

/** Every reference of the plan's pods and gateways; a reference marked optional binds nobody. */
export function secretReferencesOf({ podSources, operatedPods, objects, addons }: Plan): SecretReference[] {
  const manifests = objects.map(({ manifest }) => manifest);
  return [
    ...podSources.flatMap(podReferences),
    ...manifests.filter(({ kind }) => kind === "Gateway").flatMap(gatewayReferences),
    ...operatedPods.flatMap(({ by, name, namespace, wave, secrets }) =>
      secrets.map(({ secret, keys }) => ({ by, workload: name, namespace, secret, keys, wave })),
    ),
    ...manifests.filter(({ kind }) => kind === "ObjectStore").flatMap(objectStoreReferences),
    ...manifests
      .filter(({ kind }) => kind === "BackupStorageLocation")
      .flatMap((location) => backupReferences(location, addons)),
  ];
}

function podReferences({ description, name, namespace, wave, spec }: PodSource): SecretReference[] {
  const refer = (secret: string, ...keys: string[]): SecretReference => ({
    by: description,
    workload: name,
    namespace,
    secret,
    keys,
    wave,
  });
  const volumes = spec.volumes ?? [];
  const sources = volumes.flatMap(({ secret, projected }) => [
    ...(secret ? [{ ...secret, name: secret.secretName }] : []),
    ...(projected?.sources.flatMap((source) => (source.secret ? [source.secret] : [])) ?? []),
  ]);
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  return [
    ...sources
      .filter(({ optional }) => !optional)
      .map(({ name: secret, items = [] }) => refer(secret, ...items.map(({ key }) => key))),
    ...containers.flatMap(({ env = [] }) =>
      env.flatMap(({ valueFrom }) => {
        const from = valueFrom?.secretKeyRef;
        return from && !from.optional ? [refer(from.name, from.key)] : [];
      }),
    ),
    ...containers.flatMap(({ envFrom = [] }) =>
      envFrom.flatMap(({ secretRef }) => (secretRef && !secretRef.optional ? [refer(secretRef.name)] : [])),
    ),
    ...(spec.imagePullSecrets ?? []).map((secret) => refer(secret.name, ".dockerconfigjson")),
  ];
}

interface ObjectStoreSpec {
  readonly configuration: {
    readonly s3Credentials?: { readonly accessKeyId?: SecretKey; readonly secretAccessKey?: SecretKey };
  };
}

/** The plug-in runs beside the server of the same name. */
function objectStoreReferences(store: KubernetesObject): SecretReference[] {
  const { accessKeyId, secretAccessKey } = (store.spec as ObjectStoreSpec).configuration.s3Credentials ?? {};
  return [accessKeyId, secretAccessKey].flatMap((key) =>
    key
      ? [
          {
            by: describeObject(store),
            workload: store.metadata.name,
            namespace: store.metadata.namespace ?? "default",
            secret: key.name,
            keys: [key.key],
            wave: waveOf(store),
          },
        ]
      : [],
  );
}

/** The add-on that serves the kind reads the key, through the API. */
function backupReferences(location: KubernetesObject, addons: Plan["addons"]): SecretReference[] {
  const { credential } = location.spec as { readonly credential?: SecretKey };
  if (!credential) return [];
  return [
    {
      by: describeObject(location),
      workload: addons.find(({ kinds }) => kinds.includes("velero.io/BackupStorageLocation"))?.name,
      namespace: location.metadata.namespace ?? "default",
      secret: credential.name,
      keys: [credential.key],
      wave: waveOf(location),
    },
  ];
}

function gatewayReferences(gateway: KubernetesObject): SecretReference[] {
  const namespace = gateway.metadata.namespace ?? "default";
  return ((gateway.spec as GatewaySpec).listeners ?? []).flatMap(({ tls }) =>
    (tls?.certificateRefs ?? []).map((reference) => ({
      by: describeObject(gateway),
      workload: undefined,
      namespace: reference.namespace ?? namespace,
      secret: reference.name,
      keys: ["tls.crt", "tls.key"],
      wave: waveOf(gateway),
    })),
  );
}
