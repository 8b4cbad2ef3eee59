import { Provider } from "@pulumi/kubernetes";
import type { LocalEnvironment } from "../../platform/environment.ts";
import { databaseAdmin } from "../../platform/names.ts";
import { resolvePools } from "../../platform/pools.ts";
import { type Description, inClusterServer } from "../description.ts";
import { KubernetesSecretStore } from "../kubernetes-secret-store.ts";
import type { Platform } from "../platform.ts";
import { DeclaredPool } from "./declared-pool.ts";
import { StorageClasses } from "./storage-classes.ts";

/** An environment on the cluster of a kubeconfig context. Its nodes are declared, and Postgres runs in it. */
export function localPlatform(description: Description<LocalEnvironment>): Platform {
  const { environment, ledger } = description;
  const kubernetes = new Provider("cluster", { context: environment.kubernetes.context });
  const onCluster = { provider: kubernetes };
  const pools = resolvePools(environment).map((pool) => new DeclaredPool(pool.name, { pool }));
  new StorageClasses("storage", {}, onCluster);
  const server = inClusterServer(description);
  new KubernetesSecretStore("secrets", { ledger, sources: { server, administrator: databaseAdmin } }, onCluster);
  return {
    cluster: environment.kubernetes.context,
    kubernetes,
    nodes: pools,
    kubeconfig: undefined,
    nameServers: undefined,
    databaseEndpoint: server.endpoint,
    databasePort: server.port,
  };
}
