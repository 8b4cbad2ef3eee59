import type { Environment } from "./environment.ts";
import { databaseAdminPath, databaseServiceName, databaseSecretPath, secretPath } from "./names.ts";
import { capabilities } from "./clouds.ts";
import { databaseOf, type Service } from "./service.ts";

/** A secret in the store, and the workloads that were declared to read it. */
export interface DeclaredSecret {
  readonly path: string;
  readonly readers: readonly string[];
}

/** The job that makes databases and roles. */
export const DATABASE_ROLES = "database-roles";

/** Who may read what: a service its own secrets, the job that makes roles their passwords, the server its administrator's. */
export function declaredSecrets(environment: Environment, services: readonly Service[]): DeclaredSecret[] {
  const users = services.filter((service) => databaseOf(service) !== undefined);
  const server = capabilities[environment.cloud].managedPostgres ? [] : [databaseServiceName];
  return [
    ...(users.length > 0 || server.length > 0
      ? [{ path: databaseAdminPath(environment), readers: [...(users.length > 0 ? [DATABASE_ROLES] : []), ...server] }]
      : []),
    ...users.map((service) => ({
      path: databaseSecretPath(environment, service),
      readers: [DATABASE_ROLES, service.name],
    })),
    ...services.flatMap(({ name, secrets }) =>
      secrets.map((secret) => ({ path: secretPath(environment, name, secret.name), readers: [name] })),
    ),
  ];
}
