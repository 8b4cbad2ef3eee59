import { Provider as LinodeProvider } from "@pulumi/linode";
import { postgresIsInCluster } from "../../platform/database.ts";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { clusterName, databaseAdmin } from "../../platform/names.ts";
import { generationName, resolvePools } from "../../platform/pools.ts";
import { usesObjects } from "../../platform/service.ts";
import { type Description, inClusterServer } from "../description.ts";
import { KubernetesSecretStore } from "../kubernetes-secret-store.ts";
import type { Platform } from "../platform.ts";
import { BackupBucket } from "./backup-bucket.ts";
import { Cluster } from "./cluster.ts";
import { Database } from "./database.ts";
import { Dns } from "./dns.ts";
import { DnsToken } from "./dns-token.ts";
import { NodePool } from "./node-pool.ts";
import { ObjectBucket } from "./object-bucket.ts";
import { StorageClasses } from "./storage-classes.ts";

/** An environment on LKE. The provider takes its token from LINODE_TOKEN. */
export function linodePlatform(description: Description<LinodeEnvironment>): Platform {
  const { environment, ledger, services } = description;
  const { region } = environment;
  const tags = ["promptops", environment.name];
  const onLinode = { provider: new LinodeProvider("linode", {}) };

  const pools = resolvePools(environment);
  const cluster = new Cluster("cluster", { environment, region, tags }, onLinode);
  const nodePools = pools.map((pool) => new NodePool(generationName(pool), { pool, cluster, tags }, onLinode));
  const onCluster = { provider: cluster.kubernetes, dependsOn: [cluster] };

  const dns = new Dns("dns", { environment, tags }, onLinode);
  const dnsToken = ledger.some(({ made }) => made.kind === "dns-token")
    ? new DnsToken("dns-token", { environment }, onLinode).value
    : undefined;
  new StorageClasses("storage", { environment }, onCluster);
  const database = postgresIsInCluster(environment)
    ? undefined
    : new Database("database", { environment, region }, onLinode);
  const { server, administrator } = database ?? { server: inClusterServer(description), administrator: databaseAdmin };
  const backups = new BackupBucket("backups", { environment, region }, onLinode);
  const objects = services.some(usesObjects)
    ? new ObjectBucket("objects", { environment, region }, onLinode).credentials
    : undefined;
  const bucketKeys = { backups: backups.credentials, ...(objects && { objects }) };
  const sources = { server, administrator, bucketKeys, ...(dnsToken && { dnsToken }) };
  new KubernetesSecretStore("secrets", { ledger, sources }, onCluster);

  return {
    cluster: clusterName(environment),
    kubernetes: cluster.kubernetes,
    nodes: [cluster, ...nodePools],
    kubeconfig: cluster.kubeconfig,
    nameServers: dns.nameServers,
    databaseEndpoint: server.endpoint,
    databasePort: database?.port ?? server.port,
    restoredDatabase: database?.restored,
  };
}
