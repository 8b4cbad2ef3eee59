import { Provider as AwsProvider } from "@pulumi/aws";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { CloudRight } from "../../platform/addon.ts";
import { cdnOf } from "../../platform/cdn.ts";
import { postgresIsInCluster } from "../../platform/database.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { podsOf } from "../../platform/installed-addons.ts";
import { clusterName, databaseAdmin, namespaces } from "../../platform/names.ts";
import { generationName, resolvePools } from "../../platform/pools.ts";
import { usesObjects } from "../../platform/service.ts";
import { isGuarded } from "../guards.ts";
import { type Description, inClusterServer } from "../description.ts";
import type { Platform } from "../platform.ts";
import { type Account, accountOf } from "./account.ts";
import { NodeAddons, WorkloadAddons } from "./addons.ts";
import { BackupBucket } from "./backup-bucket.ts";
import { Cdn } from "./cdn.ts";
import { Cluster } from "./cluster.ts";
import { answerDnsChallenges, manageDnsRecords, manageLoadBalancers, scaleNodes } from "./controller-policies.ts";
import { Database } from "./database.ts";
import { DatabaseBackups } from "./database-backups.ts";
import { Dns } from "./dns.ts";
import { InterfaceEndpoints } from "./interface-endpoints.ts";
import { Keys } from "./keys.ts";
import { Network } from "./network.ts";
import { NodePool, NodeRole } from "./node-pool.ts";
import { ObjectBucket } from "./object-bucket.ts";
import { readSecrets, useObjects, writeBackups } from "./policies.ts";
import { Registry } from "./registry.ts";
import { SecretStore } from "./secret-store.ts";
import { StorageClasses } from "./storage-classes.ts";
import { WorkloadIdentity } from "./workload-identity.ts";

/** What grants each right. */
const policies: Readonly<Record<CloudRight["may"], (environment: AwsEnvironment, account: Account) => string>> = {
  "answer-dns-challenges": answerDnsChallenges,
  "manage-dns-records": manageDnsRecords,
  "manage-load-balancers": manageLoadBalancers,
  "read-secrets": readSecrets,
  "scale-nodes": scaleNodes,
  "write-backups": writeBackups,
};

/** An environment on EKS. */
export function awsPlatform(description: Description<AwsEnvironment>): Platform {
  const { environment, installed, ledger } = description;
  const account = accountOf(environment);
  const tags = { project: "promptops", environment: environment.name, "managed-by": "pulumi" };
  const aws = new AwsProvider("aws", {
    region: account.region,
    allowedAccountIds: [account.id],
    defaultTags: { tags },
  });
  const inAccount = { provider: aws };

  const keys = new Keys("keys", { environment, account }, inAccount);
  const network = new Network("network", { environment, account, keys }, inAccount);
  const cluster = new Cluster("cluster", { environment, account, network, keys }, inAccount);
  const onCluster = { providers: [aws, cluster.kubernetes], dependsOn: [cluster] };

  const nodeAddons = new NodeAddons("node-addons", { environment, account, cluster, installed }, inAccount);
  const nodeRole = new NodeRole("nodes", { environment }, inAccount);
  const pools = resolvePools(environment).map(
    (pool) =>
      new NodePool(
        generationName(pool),
        { pool, version: environment.kubernetes.version, tags, cluster, network, role: nodeRole },
        { ...inAccount, dependsOn: [nodeAddons] },
      ),
  );
  const addons = new WorkloadAddons(
    "addons",
    { environment, account, cluster, installed },
    { ...inAccount, dependsOn: pools },
  );

  const dns = new Dns("dns", { environment }, inAccount);
  createOptions(description, { keys, network, dns }, inAccount);
  new StorageClasses("storage", { environment, network, keys }, { ...onCluster, dependsOn: [cluster, addons] });
  const database = postgresIsInCluster(environment)
    ? undefined
    : new Database("database", { environment, account, network, keys }, inAccount);
  if (database)
    new DatabaseBackups("database-copies", { environment, account, keys, server: database.primary }, inAccount);
  const { server, administrator, restored } = database ?? {
    server: inClusterServer(description),
    administrator: databaseAdmin,
    restored: undefined,
  };
  const sources = { server, administrator };
  new SecretStore("secrets", { ledger, keys, guarded: isGuarded(environment), sources }, inAccount);
  const backups = new BackupBucket("backups", { environment, keys }, inAccount);

  createObjects(description, { account, keys, cluster }, inAccount);
  for (const { addon, context } of installed) {
    for (const { name, group, serviceAccount, may } of addon.rights?.(context) ?? []) {
      new WorkloadIdentity(
        name,
        {
          environment,
          cluster,
          account: { namespace: podsOf(addon, group).namespace, name: serviceAccount },
          policy: policies[may](environment, account),
        },
        { ...inAccount, dependsOn: [cluster, ...(may === "write-backups" ? [backups] : [])] },
      );
    }
  }

  return {
    cluster: clusterName(environment),
    kubernetes: cluster.kubernetes,
    nodes: [...pools, addons],
    kubeconfig: cluster.kubeconfig,
    nameServers: dns.nameServers,
    databaseEndpoint: server.endpoint,
    databasePort: server.port,
    restoredDatabase: restored,
  };
}

/** The bucket of objects, if a service uses it, and what lets these services in. */
function createObjects(
  { environment, services }: Description<AwsEnvironment>,
  { account, keys, cluster }: { readonly account: Account; readonly keys: Keys; readonly cluster: Cluster },
  options: ComponentResourceOptions,
): void {
  const users = services.filter(usesObjects);
  if (users.length === 0) return;
  const bucket = new ObjectBucket("objects", { environment, keys }, options);
  for (const { name } of users) {
    new WorkloadIdentity(
      `${name}-objects`,
      {
        environment,
        cluster,
        account: { namespace: namespaces.application, name },
        policy: useObjects(environment, account),
      },
      { ...options, dependsOn: [cluster, bucket] },
    );
  }
}

/** What an environment may go without. */
function createOptions(
  { environment, services }: Description<AwsEnvironment>,
  { keys, network, dns }: { readonly keys: Keys; readonly network: Network; readonly dns: Dns },
  options: ComponentResourceOptions,
): void {
  if (environment.network.endpoints !== undefined)
    new InterfaceEndpoints("endpoints", { environment, network }, options);
  if (environment.registry)
    new Registry("registry", { environment, keys, services: services.map(({ name }) => name) }, options);
  const cdn = cdnOf(environment);
  if (cdn) new Cdn("cdn", { environment, cdn, network, zoneId: dns.zoneId, services }, options);
}
