import { Provider } from "@pulumi/kubernetes";
import type { Environment } from "../../platform/environment.ts";
import { databaseServiceName, namespaces } from "../../platform/names.ts";
import { resolvePools } from "../../platform/pools.ts";
import type { Service } from "../../platform/service.ts";
import type { Platform } from "../platform.ts";
import { DeclaredPool } from "./declared-pool.ts";
import { SecretStore } from "./secret-store.ts";
import { StorageClasses } from "./storage-classes.ts";

/** An environment on whatever cluster the current kubeconfig points to. Its nodes are declared, and Postgres runs in it. */
export function localPlatform(environment: Environment, services: readonly Service[]): Platform {
  const kubernetes = new Provider("cluster", {});
  const onCluster = { provider: kubernetes };
  const pools = resolvePools(environment).map((pool) => new DeclaredPool(pool.name, { pool }));
  const databaseEndpoint = `${databaseServiceName}.${namespaces.data}.svc.cluster.local`;
  new StorageClasses("storage", {}, onCluster);
  new SecretStore("secrets", { environment, services, databaseEndpoint }, onCluster);
  return { cluster: "current kubeconfig", kubernetes, nodes: pools, kubeconfig: undefined, databaseEndpoint };
}
