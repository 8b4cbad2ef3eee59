import { randomBytes } from "node:crypto";
import {
  administratorRole,
  databaseAdmin,
  databaseName,
  inClusterHost,
  migratorRole,
  namespaces,
} from "../../platform/names.ts";
import { databaseOf, ownsDatabase, type Service } from "../../platform/service.ts";
import type { KubeObject } from "../cluster/client.ts";

type Values = Readonly<Record<string, string>>;

/**
 * Stands for the secret store and External Secrets: the Secret of each ExternalSecret, with credentials as the Pulumi program makes
 * them for a Postgres in the cluster.
 */
export function secretsOf(externals: readonly KubeObject[], services: readonly Service[]): object[] {
  const store = credentials(services);
  return externals.map(({ metadata, spec }) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: spec.target.name as string, namespace: metadata.namespace },
    stringData: Object.fromEntries(
      (spec.data as { secretKey: string; remoteRef: { key: string; property: string } }[]).map(
        ({ secretKey, remoteRef: { key, property } }) => {
          // The first step is the environment's own.
          const name = key.split(/[./]/).slice(1).join("/");
          const value = store(name)[property];
          if (value === undefined) throw new Error(`No credential is '${key}', property '${property}'.`);
          return [secretKey, value];
        },
      ),
    ),
  }));
}

function credentials(services: readonly Service[]): (name: string) => Values {
  const made = new Map<string, Values>();
  made.set("database/admin", account(databaseAdmin.username, databaseAdmin.database));
  for (const service of services) {
    const database = databaseOf(service);
    if (!database) continue;
    const owner = services.find(({ name }) => name === (database.of ?? service.name)) ?? service;
    made.set(`${service.name}/database`, account(databaseName(service), databaseName(owner)));
    if (ownsDatabase(service))
      for (const [name, role] of [
        ["migrator", migratorRole(service)],
        ["administrator", administratorRole(service)],
      ] as const)
        made.set(`${service.name}/${name}`, account(role, databaseName(service)));
  }
  return (name) => {
    const found = made.get(name) ?? { value: randomBytes(64).toString("hex") };
    made.set(name, found);
    return found;
  };
}

function account(username: string, database: string): Values {
  const password = randomBytes(24).toString("hex");
  const host = inClusterHost("postgres-rw", namespaces.data);
  return { username, password, url: `postgres://${username}:${password}@${host}:5432/${database}?sslmode=require` };
}
