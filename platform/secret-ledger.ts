import { factsOf } from "./clouds.ts";
import { dependenciesOf, type Where } from "./dependencies.ts";
import type { Descriptors } from "./descriptors.ts";
import type { Environment } from "./environment.ts";
import { groupBy } from "./group-by.ts";
import type { InstalledAddon } from "./installed-addons.ts";
import {
  administratorRole,
  administratorSecretPath,
  bucketKeyPath,
  DATABASE_ROLES,
  databaseAdminPath,
  databaseName,
  migrationJob,
  migratorRole,
  migratorSecretPath,
  secretPath,
  tenantJob,
} from "./names.ts";
import type { AddonSecrets, StoredSecret } from "./secrets.ts";
import { createsTenants, databaseOf, ownsDatabase, type Service } from "./service.ts";

/** Every secret of an environment, once, by path. */
export function secretLedger(
  environment: Environment,
  { services }: Descriptors,
  installed: readonly InstalledAddon[],
): StoredSecret[] {
  const where: Where = { environment, services, addons: installed.map(({ addon }) => addon) };
  const entries: Entry[] = [
    {
      path: databaseAdminPath(environment),
      resource: "database-admin",
      made: { kind: "database-administrator" },
      readers: services.some((service) => databaseOf(service) !== undefined) ? [DATABASE_ROLES] : [],
    },
    ...(factsOf(environment).objectStorage === "by-key"
      ? [
          {
            path: bucketKeyPath(environment, "backups"),
            resource: "backup-credentials",
            made: { kind: "bucket-key", bucket: "backups" } as const,
            readers: [],
          },
        ]
      : []),
    ...services.flatMap((service) => serviceSecrets(service, where)),
    ...installed.flatMap(({ addon, context }) => addonSecrets(addon.secrets?.(context))),
  ];
  return [...groupBy(entries, ({ path }) => path).values()].map((same) => {
    const made = same.find((entry): entry is StoredSecret => entry.made !== undefined);
    if (!made) throw new Error(`Nothing makes the secret '${same[0]?.path ?? ""}'.`);
    return { ...made, readers: [...new Set(same.flatMap(({ readers }) => readers))] };
  });
}

type Entry = Pick<StoredSecret, "path" | "readers"> & Partial<StoredSecret>;

function serviceSecrets(service: Service, where: Where): Entry[] {
  const { environment } = where;
  const readers = [service.name];
  return [
    ...(ownsDatabase(service) ? [migratorSecret(service, where)] : []),
    ...(createsTenants(service) ? [administratorSecret(service, where)] : []),
    ...service.secrets.map(({ name, bytes }): Entry => ({
      path: secretPath(environment, service.name, name),
      resource: name,
      made: { kind: "random", bytes },
      readers,
    })),
    ...dependenciesOf(service, where).flatMap(({ secrets }) =>
      secrets.map(({ stored, readers: others = [] }) => ({ ...stored, readers: [...others, ...readers] })),
    ),
  ];
}

function migratorSecret(service: Service, { environment }: Where): Entry {
  return {
    path: migratorSecretPath(environment, service),
    resource: `${service.name}-migrator`,
    made: { kind: "database-role", username: migratorRole(service), database: databaseName(service) },
    readers: [DATABASE_ROLES, migrationJob(service)],
  };
}

function administratorSecret(service: Service, { environment }: Where): Entry {
  return {
    path: administratorSecretPath(environment, service),
    resource: `${service.name}-administrator`,
    made: { kind: "database-role", username: administratorRole(service), database: databaseName(service) },
    readers: [DATABASE_ROLES, tenantJob(service)],
  };
}

function addonSecrets({ stored = [], mounted = [] }: AddonSecrets = {}): Entry[] {
  return [
    ...stored.map((secret) => ({ ...secret, readers: [] })),
    ...mounted.flatMap(({ reader, files }) => files.map(({ path }) => ({ path, readers: [reader] }))),
  ];
}
