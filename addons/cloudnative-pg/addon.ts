import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { HTTPS_PORT, internet } from "../../platform/connections.ts";
import { DATABASE_PORT, postgresIsInCluster } from "../../platform/database.ts";
import { bucketKeyPath, CREDENTIALS_KEYS, databaseAdminPath, inClusterHost, namespaces } from "../../platform/names.ts";
import { nodesOf } from "../../platform/placement.ts";
import { ADMINISTRATOR_SECRET, BUCKET_SECRET, CLUSTER, PORTS, postgresImages } from "./facts.ts";
import { podsOfCluster } from "./pods-of-cluster.ts";

const resources = { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "256Mi" } };

/** CloudNativePG: Postgres in the cluster, where the cloud runs none or the environment wants its own. */
export const cloudnativePg = defineAddon({
  name: "cloudnative-pg",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  enabled: (environment) => postgresIsInCluster(environment),
  requires: ({ database }) => {
    const versions = Object.keys(postgresImages);
    if (versions.includes(database.version)) return [];
    const rule = `must be a version that has an image for the cluster: ${versions.join(", ")}. Take one of them.`;
    return [{ path: "database.version", value: database.version, rule }];
  },
  delivery: {
    by: "application",
    source: {
      kind: "chart",
      repository: "https://cloudnative-pg.github.io/charts",
      chart: "cloudnative-pg",
      versions: ["0.29.0"],
    },
    values: ({ placement }) => ({ replicaCount: 1, resources, ...nodesOf(placement) }),
  },
  namespace: { name: "cnpg-system", podSecurity: "restricted" },
  pool: "infrastructure",
  pods: {
    "cloudnative-pg": { labels: { "app.kubernetes.io/name": "cloudnative-pg" } },
    postgres: { namespace: namespaces.data, labels: { "cnpg.io/cluster": CLUSTER } },
  },
  connections: ({ own, controlPlane, cloud }) => {
    const [operator, server] = [own("cloudnative-pg"), own("postgres")];
    return [
      ...[operator, server].flatMap((from) =>
        [DATABASE_PORT, PORTS.status].map((port) => ({ from, to: server, port })),
      ),
      ...[operator, server].flatMap((from) => controlPlane.ports.map((port) => ({ from, to: controlPlane.api, port }))),
      { from: controlPlane.caller, to: operator, port: PORTS.webhook },
      ...(cloud.objectStorage ? [{ from: server, to: internet, port: HTTPS_PORT }] : []),
    ];
  },
  scraped: [
    { group: "cloudnative-pg", port: { name: "metrics", number: PORTS.operatorMetrics } },
    { group: "postgres", port: { name: "metrics", number: PORTS.metrics } },
  ],
  provides: [
    {
      capability: "postgres",
      group: "postgres",
      port: DATABASE_PORT,
      host: inClusterHost(`${CLUSTER}-rw`, namespaces.data),
    },
  ],
  kinds: [
    "postgresql.cnpg.io/Backup",
    "postgresql.cnpg.io/Cluster",
    "postgresql.cnpg.io/Database",
    "postgresql.cnpg.io/Pooler",
    "postgresql.cnpg.io/ScheduledBackup",
  ],
  operates: { "postgresql.cnpg.io/v1 Cluster": podsOfCluster },
  rights: () => [{ name: "postgres", group: "postgres", serviceAccount: CLUSTER, may: "write-backups" }],
  secrets: ({ environment, cloud }) => {
    const namespace = namespaces.data;
    const administrator = (property: string): { file: string; path: string; property: string } => ({
      file: property,
      path: databaseAdminPath(environment),
      property,
    });
    const key = (property: string): { file: string; path: string; property: string } => ({
      file: property,
      path: bucketKeyPath(environment, "backups"),
      property,
    });
    return {
      mounted: [
        {
          name: ADMINISTRATOR_SECRET,
          namespace,
          reader: CLUSTER,
          files: [administrator("username"), administrator("password")],
        },
        ...(cloud.objectStorage === "by-key"
          ? [
              {
                name: BUCKET_SECRET,
                namespace,
                reader: CLUSTER,
                files: [key(CREDENTIALS_KEYS.access), key(CREDENTIALS_KEYS.secret)] as const,
              },
            ]
          : []),
      ],
    };
  },
  // Files copied while Postgres writes to them are worth little: it archives its own log and makes its own copies.
  backupExcept: "cnpg.io/cluster",
});
