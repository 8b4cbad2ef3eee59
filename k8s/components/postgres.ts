import { postgresImage } from "../../platform/catalogue/postgres.ts";
import { DATABASE_PORT } from "../../platform/database.ts";
import {
  databaseAdmin,
  databaseAdminPath,
  databaseServiceName,
  namespaces,
  secretStore,
  storageClasses,
} from "../../platform/names.ts";
import { DATABASE_ROLES } from "../../platform/declared-secrets.ts";
import { BASELINE_POOL } from "../../platform/pools.ts";
import { databaseOf } from "../../platform/service.ts";
import { commonLabels, selectorLabels } from "../constructs/labels.ts";
import { NetworkAccess } from "../constructs/network-access.ts";
import { tcp, workload } from "../constructs/network-peers.ts";
import { podTemplate, type Probes, SECRETS_FOLDER } from "../constructs/pod-template.ts";
import { SecretFiles } from "../constructs/secret-files.ts";
import {
  IntOrString,
  type PodTemplateSpec,
  type Probe,
  Quantity,
  Service,
  ServiceAccount,
  StatefulSet,
} from "../objects.ts";
import type { Context } from "./context.ts";
import { placementOn } from "./placement.ts";

const namespace = namespaces.data;
const name = databaseServiceName;
const POSTGRES_USER = 999;
const DATA = "/var/lib/postgresql/data";

const ready: Probe = {
  exec: { command: ["pg_isready", "--username", databaseAdmin.username, "--quiet"] },
  timeoutSeconds: 3,
};
const probes: Probes = {
  startup: { ...ready, periodSeconds: 2, failureThreshold: 60 },
  liveness: { ...ready, periodSeconds: 10, failureThreshold: 6 },
  readiness: { ...ready, periodSeconds: 5, failureThreshold: 3 },
};

/** One Postgres server on a persistent volume, where the cloud runs none. No standby: for development. */
export function addPostgres({ environment, services, cloud, layers }: Context): void {
  if (!cloud.databaseInCluster) return;
  const { storage } = environment.database;
  const labels = commonLabels(name, environment.database.version);
  const metadata = { name, namespace, labels };
  const selector = { matchLabels: selectorLabels(name) };
  new SecretFiles(layers.secrets, name, {
    namespace,
    name,
    store: secretStore,
    files: [{ file: "password", key: cloud.secretKey(databaseAdminPath(environment)), property: "password" }],
  });
  new ServiceAccount(layers.data, "account", { metadata, automountServiceAccountToken: false });
  new Service(layers.data, "service", {
    metadata,
    spec: {
      selector: selector.matchLabels,
      ports: [
        { name: "postgres", port: DATABASE_PORT, targetPort: IntOrString.fromString("postgres"), protocol: "TCP" },
      ],
    },
  });
  new NetworkAccess(layers.data, "network", {
    namespace,
    name,
    selector,
    from: [
      {
        peers: [
          workload(namespaces.application, DATABASE_ROLES),
          ...services
            .filter((service) => databaseOf(service))
            .map((service) => workload(namespaces.application, service.name)),
        ],
        ports: tcp(DATABASE_PORT),
      },
    ],
  });
  new StatefulSet(layers.data, "server", {
    metadata,
    spec: {
      serviceName: name,
      replicas: 1,
      selector,
      template: serverTemplate(environment),
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: storageClasses.fast,
            resources: { requests: { storage: Quantity.fromString(storage) } },
          },
        },
      ],
    },
  });
}

function serverTemplate(environment: Context["environment"]): PodTemplateSpec {
  const { version, needs } = environment.database;
  return podTemplate({
    name,
    version: version,
    image: postgresImage,
    serviceAccount: name,
    placement: placementOn(environment, "data" in environment.pools ? "data" : BASELINE_POOL),
    user: POSTGRES_USER,
    resources: {
      requests: { cpu: "250m", memory: needs.memory },
      limits: { cpu: String(needs.vcpu), memory: needs.memory },
    },
    // The image stops by SIGINT: sessions are ended at once, and what is in memory is written out.
    drain: 50,
    ports: { postgres: DATABASE_PORT },
    probes,
    secret: name,
    environment: {
      POSTGRES_USER: databaseAdmin.username,
      POSTGRES_DB: databaseAdmin.database,
      POSTGRES_PASSWORD_FILE: `${SECRETS_FOLDER}/password`,
      PGDATA: `${DATA}/pgdata`,
    },
    volumes: [{ name: "run", emptyDir: { sizeLimit: Quantity.fromString("16Mi") } }],
    mounts: [
      { name: "data", mountPath: DATA },
      { name: "run", mountPath: "/var/run/postgresql" },
    ],
  });
}
