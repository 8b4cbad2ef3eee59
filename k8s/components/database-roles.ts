import { postgresImage } from "../../platform/catalogue/postgres.ts";
import { workloadPods } from "../../platform/connections.ts";
import {
  DATABASE_ROLES,
  databaseAdminPath,
  databaseName,
  databaseSecretPath,
  namespaces,
  secretStore,
} from "../../platform/names.ts";
import { placementOn } from "../../platform/placement.ts";
import { databaseOf, replicasIn, type Service, surgeOf } from "../../platform/service.ts";
import { SECRETS_FOLDER } from "../constructs/pod-template.ts";
import { DeployJob } from "../constructs/deploy-job.ts";
import { SecretFiles } from "../constructs/secret-files.ts";
import { ConfigMap } from "../objects.ts";
import type { Context } from "../context.ts";
import { type DatabaseRole, databaseRolesScript } from "./database-roles-script.ts";
import { peersOf } from "./peers.ts";

const NAME = DATABASE_ROLES;
const namespace = namespaces.application;
/** The user `postgres` of the official image. */
const POSTGRES_USER = 999;
const SCRIPTS = "/etc/promptops/scripts";

/** A job before every release that gives each service that asked for one its database and role, and makes no other. */
export function addDatabaseRoles(context: Context): void {
  const { environment, services, cloud, layers } = context;
  const users = services.filter((service) => databaseOf(service) !== undefined);
  if (users.length === 0) return;
  const metadata = { name: NAME, namespace };
  new SecretFiles(layers.secrets, NAME, {
    namespace,
    name: NAME,
    store: secretStore,
    files: [
      { file: "admin-url", key: cloud.secretKey(databaseAdminPath(environment)), property: "url" },
      ...users.map((service) => ({
        file: service.name,
        key: cloud.secretKey(databaseSecretPath(environment, service)),
        property: "password",
      })),
    ],
  });
  new ConfigMap(layers.roles, "script", {
    metadata,
    data: {
      "database-roles.sh": databaseRolesScript(
        users.map((user) => roleOf(environment, user)),
        SECRETS_FOLDER,
      ),
    },
  });
  new DeployJob(layers.roles, "job", {
    namespace,
    name: NAME,
    to: peersOf(context, workloadPods(namespace, NAME)).to,
    attempts: 5,
    deadline: 300,
    version: environment.release.version,
    image: postgresImage,
    placement: placementOn(environment),
    user: POSTGRES_USER,
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
    command: ["bash", `${SCRIPTS}/database-roles.sh`],
    secret: NAME,
    volumes: [{ name: "scripts", configMap: { name: NAME } }],
    mounts: [{ name: "scripts", mountPath: SCRIPTS, readOnly: true }],
  });
}

/** Connections that all replicas may hold at once, a rollout under way included. */
function roleOf(environment: Context["environment"], service: Service): DatabaseRole {
  const { max } = replicasIn(environment, service);
  const { connections = 0, of = service.name } = databaseOf(service) ?? {};
  return {
    service: service.name,
    role: databaseName(service),
    database: databaseName({ name: of }),
    connections: connections * (max + surgeOf(service, max)),
  };
}
