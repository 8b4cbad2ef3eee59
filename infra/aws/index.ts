import { Provider as AwsProvider } from "@pulumi/aws";
import { postgresIsInCluster } from "../../platform/database.ts";
import type { Environment } from "../../platform/environment.ts";
import { clusterName, databaseAdmin, serviceAccounts } from "../../platform/names.ts";
import { resolvePools } from "../../platform/pools.ts";
import type { Service } from "../../platform/service.ts";
import { inClusterServer } from "../database-credentials.ts";
import type { Platform } from "../platform.ts";
import { accountOf } from "./account.ts";
import { BackupBucket } from "./backup-bucket.ts";
import { Cluster } from "./cluster.ts";
import { Database } from "./database.ts";
import { Dns } from "./dns.ts";
import { Keys } from "./keys.ts";
import { Network } from "./network.ts";
import { NodePool, NodeRole } from "./node-pool.ts";
import { readSecrets, writeBackups } from "./policies.ts";
import { SecretStore } from "./secret-store.ts";
import { StorageClasses } from "./storage-classes.ts";
import { NodeAddons, WorkloadAddons } from "./addons.ts";
import { WorkloadIdentity } from "./workload-identity.ts";

/** An environment on EKS. */
export function awsPlatform(environment: Environment, services: readonly Service[]): Platform {
  const account = accountOf(environment);
  const tags = { project: "promptops", environment: environment.name, "managed-by": "pulumi" };
  const aws = new AwsProvider("aws", {
    region: account.region,
    allowedAccountIds: [account.id],
    defaultTags: { tags },
  });
  const inAccount = { provider: aws };

  const keys = new Keys("keys", { environment }, inAccount);
  const network = new Network("network", { environment, account }, inAccount);
  const cluster = new Cluster("cluster", { environment, network, keys }, inAccount);
  const onCluster = { providers: [aws, cluster.kubernetes], dependsOn: [cluster] };

  const nodeAddons = new NodeAddons("node-addons", { environment, account, cluster }, inAccount);
  const nodeRole = new NodeRole("nodes", { environment }, inAccount);
  const pools = resolvePools(environment).map(
    (pool) =>
      new NodePool(
        pool.name,
        { pool, tags, cluster, network, role: nodeRole },
        { ...inAccount, dependsOn: [nodeAddons] },
      ),
  );
  const addons = new WorkloadAddons("addons", { environment, account, cluster }, { ...inAccount, dependsOn: pools });

  new Dns("dns", { environment }, inAccount);
  new StorageClasses("storage", { environment, network, keys }, { ...onCluster, dependsOn: [cluster, addons] });
  const { server, administrator } = postgresIsInCluster(environment)
    ? { server: inClusterServer, administrator: databaseAdmin }
    : new Database("database", { environment, account, network, keys }, inAccount);
  new SecretStore("secrets", { environment, services, keys, server, administrator }, inAccount);
  const backups = new BackupBucket("backups", { environment, keys }, inAccount);

  const bound = { ...inAccount, dependsOn: [cluster] };
  const { externalSecrets, velero } = serviceAccounts;
  new WorkloadIdentity(
    "external-secrets",
    { cluster, account: externalSecrets, policy: readSecrets(environment, account) },
    bound,
  );
  new WorkloadIdentity(
    "velero",
    { cluster, account: velero, policy: writeBackups(environment, account) },
    { ...bound, dependsOn: [backups] },
  );

  if (postgresIsInCluster(environment)) {
    new WorkloadIdentity(
      "postgres",
      { cluster, account: serviceAccounts.postgres, policy: writeBackups(environment, account) },
      { ...bound, dependsOn: [backups] },
    );
  }

  return {
    cluster: clusterName(environment),
    kubernetes: cluster.kubernetes,
    nodes: [...pools, addons],
    kubeconfig: cluster.kubeconfig,
    databaseEndpoint: server.endpoint,
  };
}
