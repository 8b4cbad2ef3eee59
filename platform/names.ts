import { withGeneration } from "./database-generations.ts";
import type { Environment } from "./environment.ts";
import { ORIGIN_HOST, type Service } from "./service.ts";

/** Every name that crosses a layer: infra/ makes the thing, k8s/ refers to it, and neither reads the other's output. */

type Named = Pick<Environment, "name">;

/** Cluster, VPC and the prefix of everything else in the cloud. */
export const clusterName = ({ name }: Named): string => `promptops-${name}`;

/**
 * An IAM role's name, unique in an account. The dot, which no environment's name has, keeps apart role `b-c` of environment `a` and
 * role `c` of environment `a-b`.
 */
export const roleName = (environment: Named, purpose: string): string => `${clusterName(environment)}.${purpose}`;

/** What a bucket is for: backups, or the objects of services. */
export type BucketPurpose = "backups" | "objects";

/** A bucket's name is unique in all of a cloud: the account is in it, or the domain where there are none. Nothing is random. */
export function bucketName(
  environment: { readonly name: string; readonly domain: string; readonly account?: string },
  purpose: BucketPurpose,
): string {
  const owner = environment.account ?? environment.domain.replaceAll(".", "-");
  return [clusterName(environment), purpose, owner].join("-");
}

/** The host of a region's object storage: endpoint type E1, https://techdocs.akamai.com/cloud-computing/docs/object-storage. */
export const objectStorageHost = (region: string): string => `${region}-1.linodeobjects.com`;

/** The most characters of an environment's name. A bucket's name holds it, the purpose and the account or the domain. */
export const MAX_NAME = 30;
export const MAX_BUCKET_NAME = 63;

/** The managed database server of a generation. */
export const databaseServerName = (environment: Named, generation: number): string =>
  withGeneration(clusterName(environment), generation);

/** The one that services use. */
export const servingDatabase = (environment: Named & Pick<Environment, "database">): string =>
  databaseServerName(environment, environment.database.generation ?? 1);

/** Where a secret stands in the secret store. */
export function secretPath(environment: Named, owner: string, secret: string): string {
  return `${clusterName(environment)}/${owner}/${secret}`;
}

/** The same path where a store takes no slashes: Kubernetes. */
export const secretObjectName = (path: string): string => path.replaceAll("/", ".");

/** The property of a secret that is one value. */
export const SECRET_PROPERTY = "value";

/** Pods choose a pool by this label; the taint of a dedicated pool has the same key and value. */
export const POOL_LABEL = "workload";

/** The header by which a person reaches a version before it is released. */
export const TRIAL_HEADER = { name: "x-canary", value: "true" } as const;

export const secretPathOf = (objectName: string): string => objectName.replaceAll(".", "/");

/** Credentials of the role that owns every database; only the job that makes the others' roles reads them. */
export const databaseAdminPath = (environment: Named): string => secretPath(environment, "database", "admin");

/** Addresses of the read replicas of the environment's Postgres. */
export const databaseReplicasPath = (environment: Named): string =>
  secretPath(environment, "database", REPLICAS_SECRET);
export const REPLICAS_SECRET = "replicas";

/** A JSON object with url, username, password and database. */
export const databaseSecretPath = (environment: Named, { name }: Service): string =>
  secretPath(environment, name, "database");

/** Where a cloud has no identities for pods: the key that opens a bucket, as a credentials file and in two parts. */
export const bucketKeyPath = (environment: Named, purpose: BucketPurpose): string =>
  secretPath(environment, purpose, "credentials");

export const CREDENTIALS_PROPERTY = "cloud";
export const CREDENTIALS_KEYS = { access: "access-key", secret: "secret-key" } as const;

/** The API key of a model provider. */
export const modelCredentialPath = (environment: Named, credential: string): string =>
  secretPath(environment, "models", credential);

/** The file with that key. */
export const credentialFile = (credential: string): string => `models-${credential}`;

/** A service's role, and the database that it owns; Postgres takes no '-' in a name without quotes. */
export const databaseName = ({ name }: Pick<Service, "name">): string => `promptops_${name.replaceAll("-", "_")}`;

/** The job that creates databases and roles. */
export const DATABASE_ROLES = "database-roles";

/** The job that migrates a service's database. */
export const migrationJob = ({ name }: Pick<Service, "name">): string => `${name}-migrate`;

/** The CronJob, always suspended, from which an operator starts the job that creates a tenant. */
export const tenantJob = ({ name }: Pick<Service, "name">): string => `${name}-create-tenant`;

/** The tenant that it creates, unless its job names another. */
export const FIRST_TENANT = "default";

/** The job that fetches a model's weights. */
export const weightsJob = (model: string): string => `weights-${model}`;

/** Owns a service's database and everything in it; it cannot log in. */
export const ownerRole = (service: Pick<Service, "name">): string => `${databaseName(service)}_owner`;

/** Logs in to migrate a service's database, as its owner. */
export const migratorRole = (service: Pick<Service, "name">): string => `${databaseName(service)}_migrator`;

/** Credentials of that role. */
export const migratorSecretPath = (environment: Named, { name }: Pick<Service, "name">): string =>
  secretPath(environment, name, "migrator");

/** Logs in to a service's database to create tenants, and may do nothing else there. */
export const administratorRole = (service: Pick<Service, "name">): string => `${databaseName(service)}_administrator`;

/** Credentials of that role. */
export const administratorSecretPath = (environment: Named, { name }: Pick<Service, "name">): string =>
  secretPath(environment, name, "administrator");

/** Who owns every database, and the one that every server has: where the job that makes the others connects. */
export const databaseAdmin = { username: "promptops", database: "postgres" } as const;

/** Where a service finds what wakes it, with the password: a JSON object with url. */
export const wakeUpsSecretPath = (environment: Named, { name }: Pick<Service, "name">): string =>
  secretPath(environment, name, "redis");

/** Where a service finds the message broker, with its user and password: a JSON object with url. */
export const messagesSecretPath = (environment: Named, { name }: Pick<Service, "name">): string =>
  secretPath(environment, name, "amqp");

/** The queue of the messages that nobody could take from another queue. */
export const deadLetterQueue = (queue: string): string => `${queue}.dead-letters`;

/** A Service's name in the cluster. */
export const inClusterHost = (service: string, namespace: string): string =>
  `${service}.${namespace}.svc.cluster.local`;

/** The variable with the URL of another service, in the pods of a service that calls it. */
export const urlVariable = (service: string): string => `PROMPTOPS_URL_${service.toUpperCase().replaceAll("-", "_")}`;

export const hostName = ({ domain }: Pick<Environment, "domain">, host: string): string => `${host}.${domain}`;

/** The DNS name of the gateway's load balancer where hosts lead to a CDN. */
export const originName = ({ domain }: Pick<Environment, "domain">): string => hostName({ domain }, ORIGIN_HOST);

export const imageOf = ({ release }: Pick<Environment, "release">, service: string): string =>
  `${release.registry}/${service}:${release.version}`;

/** Where the registry of an account on AWS has an environment's images. */
export const registryOf = ({ name, account, region }: Named & Readonly<Record<"account" | "region", string>>): string =>
  `${account}.dkr.ecr.${region}.amazonaws.com/${clusterName({ name })}`;

/** A service's repository there. */
export const repositoryName = (environment: Named, service: string): string => `${clusterName(environment)}/${service}`;

/** Where the alerts' runbooks are read. */
export const runbooksUrl = ({ gitops }: Pick<Environment, "gitops">): string =>
  `${gitops.repository}/blob/main/docs/runbooks`;

/** The branch that CI commits rendered objects to, and Argo CD follows. */
export const renderedBranch = ({ name }: Named): string => `rendered/${name}`;

export const storageClasses = { fast: "fast-ssd", standard: "standard-ssd", shared: "shared-filesystem" } as const;

export const volumeSnapshotClass = "snapshots";

/** The ClusterSecretStore that every ExternalSecret of the platform reads from. */
export const secretStore = "platform";

/** Namespaces by role. An add-on names its own. */
export const namespaces = {
  application: "application",
  /** Stateful add-ons that services use. */
  data: "data",
  gateway: "gateway",
  observability: "observability",
  /** The secret store itself, where Kubernetes is the store. */
  secretStore: "secret-store",
  /** Models on the environment's GPUs. */
  inference: "inference",
  argocd: "argocd",
  system: "kube-system",
} as const;

/** Namespaces in which every pod is of an object that we render; in others, operators and add-ons make pods. */
export const admissionNamespaces: readonly string[] = [namespaces.application, namespaces.inference];

/** The policy by which the API server admits pods there, and its binding. */
export const ADMISSION = "promptops-pods";

/** The Gateway object: the one way in from outside. */
export const GATEWAY = "public";

/** Reads the secret store's namespace where Kubernetes is the store. */
export const secretReader: ServiceAccountName = { namespace: namespaces.secretStore, name: "reader" };

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}
