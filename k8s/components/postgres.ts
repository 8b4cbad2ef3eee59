import { addonSources, cloudnativePgImages } from "../../platform/catalogue/addons.ts";
import { notTheInternet } from "../../platform/addresses.ts";
import { addonPorts } from "../../platform/declared-connections.ts";
import { DATABASE_PORT, inClusterConnections, postgresIsInCluster } from "../../platform/database.ts";
import {
  CREDENTIALS_KEYS,
  databaseAdmin,
  databaseAdminPath,
  namespaces,
  postgresCluster,
  preparationName,
  secretStore,
  storageClasses,
} from "../../platform/names.ts";
import { DATABASE_ROLES } from "../../platform/declared-secrets.ts";
import { databaseOf } from "../../platform/service.ts";
import { Addon, nodesOf } from "../constructs/addon.ts";
import { NetworkAccess } from "../constructs/network-access.ts";
import { addresses, pods, prometheus, tcp, workload } from "../constructs/network-peers.ts";
import { SecretFiles } from "../constructs/secret-files.ts";
import { ObjectStore } from "../imports/barmancloud.cnpg.io.ts";
import {
  Cluster,
  ClusterSpecManagedRolesEnsure,
  ClusterSpecPrimaryUpdateStrategy,
  ClusterSpecResourcesLimits,
  ClusterSpecResourcesRequests,
  ScheduledBackup,
  ScheduledBackupSpecMethod,
} from "../imports/postgresql.cnpg.io.ts";
import type { BackupStorage } from "../clouds/cluster-cloud.ts";
import type { Context } from "./context.ts";
import { HOST_LABEL, placementOn, ZONE_LABEL } from "./placement.ts";
import { addScraping } from "./scraping.ts";

const namespace = namespaces.data;
const name = postgresCluster;
const labels = { "cnpg.io/cluster": name };
/** A primary and two that follow, one in each zone: a failover loses nothing that two of them had. */
const INSTANCES = { alone: 1, withStandby: 3 };
const OPERATOR = { name: "cloudnative-pg", labels: { "app.kubernetes.io/name": "cloudnative-pg" } };
const BACKUPS = { name: "barman-cloud", labels: { app: "barman-cloud" } };
const PLUGIN = "barman-cloud.cloudnative-pg.io";
const ADMINISTRATOR = "postgres-administrator";
const BACKUP_KEY = "postgres-backup-key";
/** Each six hours. CloudNativePG's cron begins with seconds. */
const EVERY_SIX_HOURS = "0 0 */6 * * *";
const KEPT = "7d";

/** Postgres by CloudNativePG, where the cloud runs none or the environment wants its own. */
export function addPostgres(context: Context): void {
  if (!postgresIsInCluster(context.environment)) return;
  addOperator(context);
  addNetwork(context);
  addServer(context);
  const { backups } = context.cloud;
  if (backups) addBackups(context, backups);
  addScraping(context, {
    namespace,
    name,
    labels,
    peer: pods(namespace, labels),
    port: { name: "metrics", number: addonPorts.postgres.metrics },
  });
}

function addOperator({ environment, cloud, layers }: Context): void {
  const placement = placementOn(environment, "infrastructure");
  const { operatorWebhook, operatorMetrics, status, plugin } = addonPorts.postgres;
  const own = { namespace: namespaces.postgresOperator, automaticSync: environment.gitops.automaticSync, placement };
  const where = nodesOf(placement);
  const resources = { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "256Mi" } };
  const footprint = { ...OPERATOR, ports: [operatorWebhook, operatorMetrics], pods: 1, requests: resources.requests };
  new Addon(layers.operators, OPERATOR.name, {
    ...own,
    name: OPERATOR.name,
    source: addonSources.cloudnativePg,
    values: { replicaCount: 1, resources, ...where },
    footprints: [footprint],
  });
  if (cloud.backups) {
    const requests = { cpu: "50m", memory: "128Mi" };
    new Addon(layers.operators, BACKUPS.name, {
      ...own,
      name: BACKUPS.name,
      source: addonSources.barmanCloud,
      values: { resources: { requests, limits: { memory: requests.memory } }, ...where },
      footprints: [{ ...BACKUPS, ports: [plugin], pods: 1, requests }],
    });
    new NetworkAccess(layers.namespaces, BACKUPS.name, {
      namespace: namespaces.postgresOperator,
      name: BACKUPS.name,
      selector: { matchLabels: BACKUPS.labels },
      from: [{ peers: [pods(namespaces.postgresOperator, OPERATOR.labels)], ports: tcp(plugin) }],
      to: [cloud.controlPlane.api],
    });
  }
  new NetworkAccess(layers.namespaces, OPERATOR.name, {
    namespace: namespaces.postgresOperator,
    name: OPERATOR.name,
    selector: { matchLabels: OPERATOR.labels },
    from: [
      { peers: cloud.controlPlane.callers, ports: tcp(operatorWebhook) },
      { peers: [prometheus], ports: tcp(operatorMetrics) },
    ],
    to: [
      cloud.controlPlane.api,
      { peers: [pods(namespace, labels)], ports: tcp(status, DATABASE_PORT) },
      ...(cloud.backups ? [{ peers: [pods(namespaces.postgresOperator, BACKUPS.labels)], ports: tcp(plugin) }] : []),
    ],
  });
  new NetworkAccess(layers.namespaces, "prometheus-cloudnative-pg", {
    namespace: namespaces.observability,
    name: "prometheus-cloudnative-pg",
    selector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } },
    to: [{ peers: [pods(namespaces.postgresOperator, OPERATOR.labels)], ports: tcp(operatorMetrics) }],
    names: false,
  });
}

function addNetwork({ services, cloud, layers }: Context): void {
  const users = services.filter((service) => databaseOf(service) !== undefined);
  const callers = [
    DATABASE_ROLES,
    ...users.map((user) => user.name),
    ...users.filter(({ prepare }) => prepare).map(preparationName),
  ];
  const operator = pods(namespaces.postgresOperator, OPERATOR.labels);
  const each = pods(namespace, labels);
  const { status, metrics } = addonPorts.postgres;
  new NetworkAccess(layers.data, "network", {
    namespace,
    name,
    selector: { matchLabels: labels },
    from: [
      { peers: callers.map((caller) => workload(namespaces.application, caller)), ports: tcp(DATABASE_PORT) },
      { peers: [operator, each], ports: tcp(status, DATABASE_PORT) },
      { peers: [prometheus], ports: tcp(metrics) },
    ],
    to: [
      cloud.controlPlane.api,
      { peers: [each], ports: tcp(status, DATABASE_PORT) },
      ...(cloud.backups ? [{ peers: [addresses("0.0.0.0/0", notTheInternet)], ports: tcp(443) }] : []),
    ],
  });
}

function addServer({ environment, cloud, layers }: Context): void {
  const { version, needs, storage, standby } = environment.database;
  const placement = placementOn(environment, "data");
  const instances = standby ? INSTANCES.withStandby : INSTANCES.alone;
  new SecretFiles(layers.secrets, ADMINISTRATOR, {
    namespace,
    name: ADMINISTRATOR,
    store: secretStore,
    files: [
      { file: "username", key: cloud.secretKey(databaseAdminPath(environment)), property: "username" },
      { file: "password", key: cloud.secretKey(databaseAdminPath(environment)), property: "password" },
    ],
  });
  new Cluster(layers.data, "server", {
    metadata: { name, namespace },
    spec: {
      instances,
      imageName: cloudnativePgImages[version] ?? "",
      postgresql: { parameters: { max_connections: String(inClusterConnections(environment)) } },
      managed: {
        roles: [
          {
            name: databaseAdmin.username,
            ensure: ClusterSpecManagedRolesEnsure.PRESENT,
            login: true,
            createdb: true,
            createrole: true,
            passwordSecret: { name: ADMINISTRATOR },
          },
        ],
      },
      storage: { size: storage, storageClass: storageClasses.fast, resizeInUseVolumes: true },
      resources: {
        requests: {
          cpu: ClusterSpecResourcesRequests.fromString("250m"),
          memory: ClusterSpecResourcesRequests.fromString(needs.memory),
        },
        limits: {
          cpu: ClusterSpecResourcesLimits.fromString(String(needs.vcpu)),
          memory: ClusterSpecResourcesLimits.fromString(needs.memory),
        },
      },
      affinity: {
        ...nodesOf(placement),
        enablePodAntiAffinity: true,
        podAntiAffinityType: "required",
        topologyKey: placement.spreadOver.includes(ZONE_LABEL) ? ZONE_LABEL : HOST_LABEL,
      },
      // The operator's own budget over one instance would block every drain.
      enablePdb: instances > 1,
      enableSuperuserAccess: false,
      primaryUpdateStrategy: ClusterSpecPrimaryUpdateStrategy.UNSUPERVISED,
      ...(cloud.backups && {
        plugins: [{ name: PLUGIN, isWalArchiver: true, parameters: { barmanObjectName: name } }],
      }),
    },
  });
}

/** Every transaction's log to object storage as it is written, and a full copy each six hours: any second of the last 7 days. */
function addBackups({ cloud, layers }: Context, { bucket, config, credentials }: BackupStorage): void {
  if (credentials !== undefined) {
    new SecretFiles(layers.secrets, BACKUP_KEY, {
      namespace,
      name: BACKUP_KEY,
      store: secretStore,
      files: [
        { file: CREDENTIALS_KEYS.access, key: cloud.secretKey(credentials), property: CREDENTIALS_KEYS.access },
        { file: CREDENTIALS_KEYS.secret, key: cloud.secretKey(credentials), property: CREDENTIALS_KEYS.secret },
      ],
    });
  }
  new ObjectStore(layers.data, "object-store", {
    metadata: { name, namespace },
    spec: {
      retentionPolicy: KEPT,
      configuration: {
        destinationPath: `s3://${bucket}/postgres`,
        ...(config["s3Url"] !== undefined && { endpointUrl: config["s3Url"] }),
        s3Credentials:
          credentials === undefined
            ? { inheritFromIamRole: true }
            : {
                accessKeyId: { name: BACKUP_KEY, key: CREDENTIALS_KEYS.access },
                secretAccessKey: { name: BACKUP_KEY, key: CREDENTIALS_KEYS.secret },
              },
        wal: { compression: "gzip" },
        data: { compression: "gzip" },
      },
    },
  });
  new ScheduledBackup(layers.data, "backup", {
    metadata: { name, namespace },
    spec: {
      cluster: { name },
      schedule: EVERY_SIX_HOURS,
      immediate: true,
      method: ScheduledBackupSpecMethod.PLUGIN,
      pluginConfiguration: { name: PLUGIN },
    },
  });
}
