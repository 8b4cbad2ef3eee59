import { postgresImage } from "../../platform/catalogue/postgres.ts";
import { databaseAdminPath, databaseName, databaseSecretPath, namespaces, secretStore } from "../../platform/names.ts";
import { DATABASE_ROLES } from "../../platform/declared-secrets.ts";
import { databaseOf, replicasIn, type Service, surgeOf } from "../../platform/service.ts";
import { SECRETS_FOLDER } from "../constructs/pod-template.ts";
import { PreparationJob } from "../constructs/preparation-job.ts";
import { SecretFiles } from "../constructs/secret-files.ts";
import { ConfigMap } from "../objects.ts";
import type { Context } from "./context.ts";
import { databasePeer } from "./database-peer.ts";
import { placementOn } from "./placement.ts";
import { type DatabaseRole, databaseRolesScript } from "./database-roles-script.ts";

const NAME = DATABASE_ROLES;
const namespace = namespaces.application;
/** The user `postgres` of the official image. */
const POSTGRES_USER = 999;
const SCRIPTS = "/etc/promptops/scripts";

/** A job before every release that gives each service that asked for one its database and role, and makes no other. */
export function addDatabaseRoles({ environment, services, cloud, layers }: Context): void {
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
  new ConfigMap(layers.preparation, "script", {
    metadata,
    data: {
      "database-roles.sh": databaseRolesScript(
        users.map((user) => roleOf(environment, user)),
        SECRETS_FOLDER,
      ),
    },
  });
  new PreparationJob(layers.preparation, "job", {
    namespace,
    name: NAME,
    to: [databasePeer({ environment, cloud })],
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
