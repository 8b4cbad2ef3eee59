import type { Environment } from "./environment.ts";
import {
  backupCredentialsPath,
  databaseAdminPath,
  databaseSecretPath,
  postgresCluster,
  preparationName,
  redisSecretPath,
  secretPath,
  valkeyPath,
} from "./names.ts";
import { capabilities } from "./clouds.ts";
import { postgresIsInCluster } from "./database.ts";
import { databaseOf, type Service, usesQueue } from "./service.ts";

/** A secret in the store, and the workloads that were declared to read it. */
export interface DeclaredSecret {
  readonly path: string;
  readonly readers: readonly string[];
}

/** The job that makes databases and roles. */
export const DATABASE_ROLES = "database-roles";

/** Reads the key of its bucket, where the cloud has no identities for workloads. */
export const VELERO = "velero";

export const VALKEY = "valkey";

/** Who may read what: a service its own secrets, the job that makes roles their passwords, the server its administrator's. */
export function declaredSecrets(environment: Environment, services: readonly Service[]): DeclaredSecret[] {
  const users = services.filter((service) => databaseOf(service) !== undefined);
  const { objectStorage, accounts } = capabilities[environment.cloud];
  const server = postgresIsInCluster(environment) ? [postgresCluster] : [];
  return [
    ...(users.length > 0 || server.length > 0
      ? [{ path: databaseAdminPath(environment), readers: [...(users.length > 0 ? [DATABASE_ROLES] : []), ...server] }]
      : []),
    ...users.map((service) => ({
      path: databaseSecretPath(environment, service),
      readers: [DATABASE_ROLES, ...readersOf(service)],
    })),
    ...services.flatMap((service) =>
      service.secrets.map((secret) => ({
        path: secretPath(environment, service.name, secret.name),
        readers: readersOf(service),
      })),
    ),
    ...(objectStorage && !accounts ? [{ path: backupCredentialsPath(environment), readers: [VELERO, ...server] }] : []),
    ...(environment.valkey
      ? [
          { path: valkeyPath(environment), readers: [VALKEY] },
          ...services
            .filter(usesQueue)
            .map((service) => ({ path: redisSecretPath(environment, service), readers: readersOf(service) })),
        ]
      : []),
  ];
}

/** The service, and the job that prepares its database: both run its image with its files. */
const readersOf = (service: Service): string[] => [
  service.name,
  ...(service.prepare === undefined ? [] : [preparationName(service)]),
];
