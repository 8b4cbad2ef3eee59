import { postgresImage, postgresImageTag } from "../../platform/catalogue/postgres.ts";
import { workloadPods } from "../../platform/connections.ts";
import {
  administratorRole,
  administratorSecretPath,
  DATABASE_ROLES,
  databaseAdminPath,
  databaseName,
  databaseSecretPath,
  migratorRole,
  migratorSecretPath,
  namespaces,
  ownerRole,
  secretStore,
} from "../../platform/names.ts";
import { placementOn } from "../../platform/placement.ts";
import { releaseIn, surgeOf } from "../../platform/release.ts";
import { replicasIn } from "../../platform/replicas.ts";
import { connectionsOf, createsTenants, databaseOf, ownsDatabase, type Service } from "../../platform/service.ts";
import { SECRETS_FOLDER } from "../constructs/pod-template.ts";
import { DeployJob } from "../constructs/deploy-job.ts";
import { SecretFiles } from "../constructs/secret-files.ts";
import { ConfigMap } from "../objects.ts";
import type { Context } from "../context.ts";
import { type DatabaseGrant, databaseRolesScript } from "./database-roles-script.ts";
import { peersOf } from "./peers.ts";

const NAME = DATABASE_ROLES;
const namespace = namespaces.application;
/** The user `postgres` of the official image. */
const POSTGRES_USER = 999;
const SCRIPTS = "/etc/promptops/scripts";

/** A job before every release that creates each database, its owner, and the roles that migrate and use it. */
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
      ...users.flatMap((service) => [
        { file: service.name, key: cloud.secretKey(databaseSecretPath(environment, service)), property: "password" },
        ...(ownsDatabase(service)
          ? [
              {
                file: migratorFile(service),
                key: cloud.secretKey(migratorSecretPath(environment, service)),
                property: "password",
              },
            ]
          : []),
        ...(createsTenants(service)
          ? [
              {
                file: administratorFile(service),
                key: cloud.secretKey(administratorSecretPath(environment, service)),
                property: "password",
              },
            ]
          : []),
      ]),
    ],
  });
  new ConfigMap(layers.roles, "script", {
    metadata,
    data: {
      "database-roles.sh": databaseRolesScript(
        users.filter(ownsDatabase).map((owner) => grantOf(context, owner, users)),
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
    // Its program is psql of the image; the script comes beside it.
    version: postgresImageTag,
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

/** One for the job, and one for a person who debugs it. */
const JOB_CONNECTIONS = 2;

const migratorFile = ({ name }: Service): string => `${name}-migrator`;

const administratorFile = ({ name }: Service): string => `${name}-administrator`;

function grantOf(context: Context, owner: Service, users: readonly Service[]): DatabaseGrant {
  return {
    database: databaseName(owner),
    owner: ownerRole(owner),
    migrator: { role: migratorRole(owner), file: migratorFile(owner), connections: JOB_CONNECTIONS },
    users: [
      ...users
        .filter((service) => service === owner || databaseOf(service)?.of === owner.name)
        .map((service) => ({
          role: databaseName(service),
          file: service.name,
          connections: maxConnections(context, service),
        })),
      ...(createsTenants(owner)
        ? [{ role: administratorRole(owner), file: administratorFile(owner), connections: JOB_CONNECTIONS }]
        : []),
    ],
  };
}

/** The most connections that all replicas hold at once, during a rollout. */
function maxConnections({ environment, addons }: Context, service: Service): number {
  const { max } = replicasIn(environment, service, addons);
  return connectionsOf(service) * (max + surgeOf(releaseIn(environment, service, addons), max));
}
