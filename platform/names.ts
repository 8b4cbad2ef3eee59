import type { Environment } from "./environment.ts";
import type { Service } from "./service.ts";

/** Every name that crosses a layer: infra/ makes the thing, k8s/ refers to it, and neither reads the other's output. */

type Named = Pick<Environment, "name">;

/** Cluster, VPC and the prefix of everything else in the cloud. */
export const clusterName = ({ name }: Named): string => `promptops-${name}`;

/** A bucket's name is unique in all of a cloud: the account is in it, or the domain where there are none. Nothing is random. */
export function bucketName(environment: Pick<Environment, "name" | "account" | "domain">, purpose: "backups"): string {
  const owner = environment.account ?? environment.domain.replaceAll(".", "-");
  return [clusterName(environment), purpose, owner].join("-");
}

/** The host of a region's object storage: endpoint type E1, https://techdocs.akamai.com/cloud-computing/docs/object-storage. */
export const objectStorageHost = (region: string): string => `${region}-1.linodeobjects.com`;

/** The most characters of an environment's name. A bucket's name holds it, the purpose and the account or the domain. */
export const LONGEST_NAME = 30;
export const LONGEST_BUCKET_NAME = 63;

/** Where a secret stands in the secret store. */
export function secretPath(environment: Named, owner: string, secret: string): string {
  return `${clusterName(environment)}/${owner}/${secret}`;
}

/** The same path where a store takes no slashes: Kubernetes. */
export const secretObjectName = (path: string): string => path.replaceAll("/", ".");

/** The property of a secret that is one value. */
export const SECRET_PROPERTY = "value";

export const secretPathOf = (objectName: string): string => objectName.replaceAll(".", "/");

/** Credentials of the role that owns every database; only the job that makes the others' roles reads them. */
export const databaseAdminPath = (environment: Named): string => secretPath(environment, "database", "admin");

/** A JSON object with url, username, password and database. */
export const databaseSecretPath = (environment: Named, { name }: Service): string =>
  secretPath(environment, name, "database");

/** Where a cloud has no identities for workloads: the key with which Velero reaches its bucket, as an AWS credentials file. */
export const backupCredentialsPath = (environment: Named): string => secretPath(environment, "velero", "credentials");

export const CREDENTIALS_PROPERTY = "cloud";
/** The two parts of that key, for who takes them one by one. */
export const CREDENTIALS_KEYS = { access: "access-key", secret: "secret-key" } as const;

/** A service's role, and the database that it owns; Postgres takes no '-' in a name without quotes. */
export const databaseName = ({ name }: Pick<Service, "name">): string => `promptops_${name.replaceAll("-", "_")}`;

/** The job that prepares a service's database. */
export const preparationName = ({ name }: Pick<Service, "name">): string => `${name}-prepare`;

/** The job that fetches a model's weights. */
export const weightsJob = (model: string): string => `weights-${model}`;

/** Who owns every database, and the one that every server has: where the job that makes the others connects. */
export const databaseAdmin = { username: "promptops", database: "postgres" } as const;

/** The server where it runs in the cluster: CloudNativePG's Cluster. Its Service for reading and writing bears the suffix. */
export const postgresCluster = "postgres";

/** Valkey's password, for its own pods. */
export const valkeyPath = (environment: Named): string => secretPath(environment, "valkey", "users");

/** Where a service finds Valkey, with the password: a JSON object with url. */
export const redisSecretPath = (environment: Named, { name }: Pick<Service, "name">): string =>
  secretPath(environment, name, "redis");

/** Names inside the cluster. */
export const inCluster = {
  postgres: `${postgresCluster}-rw.data.svc.cluster.local`,
  valkey: "valkey.data.svc.cluster.local",
} as const;

export const hostName = ({ domain }: Pick<Environment, "domain">, host: string): string => `${host}.${domain}`;

export const imageOf = ({ release }: Pick<Environment, "release">, service: string): string =>
  `${release.registry}/${service}:${release.version}`;

/** Where the alerts' runbooks are read. */
export const runbooksUrl = ({ gitops }: Pick<Environment, "gitops">): string =>
  `${gitops.repository}/blob/main/docs/runbooks`;

/** The branch that CI commits rendered objects to, and Argo CD follows. */
export const renderedBranch = ({ name }: Named): string => `rendered/${name}`;

export const storageClasses = { fast: "fast-ssd", standard: "standard-ssd", shared: "shared-filesystem" } as const;

export const volumeSnapshotClass = "snapshots";

/** Where an Application says what its pods are: the chart renders in the cluster, so nobody has seen them here. */
export const CLAIMS_ANNOTATION = "promptops.dev/claims";

/** The ClusterSecretStore that every ExternalSecret of the platform reads from. */
export const secretStore = "platform";

/** Namespaces by role. */
export const namespaces = {
  application: "application",
  data: "data",
  gateway: "gateway",
  observability: "observability",
  externalSecrets: "external-secrets",
  /** The secret store itself, where Kubernetes is the store. */
  secretStore: "secret-store",
  velero: "velero",
  /** CloudNativePG's operator. */
  postgresOperator: "cnpg-system",
  rabbitmqOperator: "rabbitmq-system",
  /** Models on our own GPUs. */
  inference: "inference",
  /** Device plug-ins, which Pod Security lets in nowhere else. */
  devices: "nvidia-devices",
  /** Istio's control plane. */
  mesh: "istio-system",
  argocd: "argocd",
  system: "kube-system",
} as const;

/** ServiceAccounts of add-ons that hold rights in the cloud: infra/ binds them by name. */
export const serviceAccounts = {
  externalSecrets: { namespace: namespaces.externalSecrets, name: "external-secrets" },
  velero: { namespace: namespaces.velero, name: "velero" },
  ebsCsi: { namespace: namespaces.system, name: "ebs-csi-controller-sa" },
  efsCsi: { namespace: namespaces.system, name: "efs-csi-controller-sa" },
  /** CloudNativePG calls its pods' account like their cluster. */
  postgres: { namespace: namespaces.data, name: postgresCluster },
  /** Reads the secret store's namespace where Kubernetes is the store. */
  secretReader: { namespace: namespaces.secretStore, name: "reader" },
} as const;

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}
