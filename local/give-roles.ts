import { Client } from "pg";
import { administratorRole, databaseName, migratorRole, ownerRole } from "../platform/names.ts";
import { createsTenants, databaseOf, ownsDatabase, type Service } from "../platform/service.ts";

/** What connects to Postgres on behalf of a service. */
export interface DatabaseUrls {
  /** By service: as its serving role. */
  readonly serve: ReadonlyMap<string, string>;
  /** By service that owns a database: as its migrator. */
  readonly migrate: ReadonlyMap<string, string>;
  /** By service that creates tenants: as its administrator. */
  readonly administer: ReadonlyMap<string, string>;
}

/** Does for a server on this machine what the job `database-roles` does in a cluster. It may run any number of times. */
export async function giveRoles(
  urlOf: (database?: string) => string,
  services: readonly Service[],
  password: string,
): Promise<DatabaseUrls> {
  const users = services.filter((service) => databaseOf(service) !== undefined);
  const owners = users.filter(ownsDatabase);
  const administered = owners.filter(createsTenants);
  await asAdmin(urlOf(), async (admin) => {
    for (const role of [
      ...users.map(databaseName),
      ...owners.map(migratorRole),
      ...administered.map(administratorRole),
    ])
      await createRole(admin, role, `LOGIN PASSWORD '${password}'`);
    for (const service of owners) {
      await createRole(admin, ownerRole(service), "NOLOGIN");
      await admin.query(`GRANT ${ownerRole(service)} TO ${migratorRole(service)}`);
      await admin.query(`ALTER ROLE ${migratorRole(service)} SET role TO ${ownerRole(service)}`);
      await createDatabase(admin, databaseName(service), ownerRole(service));
    }
  });
  for (const owner of owners) {
    const roles = [
      ...users.filter((service) => service === owner || databaseOf(service)?.of === owner.name).map(databaseName),
      ...(createsTenants(owner) ? [administratorRole(owner)] : []),
    ];
    await asAdmin(urlOf(databaseName(owner)), async (admin) => {
      await admin.query("REVOKE ALL ON SCHEMA public FROM PUBLIC");
      for (const role of roles) await admin.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
    });
  }
  const urlAs = (role: string, owner: Pick<Service, "name">): string => {
    const url = new URL(urlOf(databaseName(owner)));
    url.username = role;
    url.password = password;
    return url.href;
  };
  return {
    serve: new Map(
      users.map((service) => [
        service.name,
        urlAs(databaseName(service), { name: databaseOf(service)?.of ?? service.name }),
      ]),
    ),
    migrate: new Map(owners.map((service) => [service.name, urlAs(migratorRole(service), service)])),
    administer: new Map(administered.map((service) => [service.name, urlAs(administratorRole(service), service)])),
  };
}

async function asAdmin(url: string, work: (admin: Client) => Promise<void>): Promise<void> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

async function createRole(admin: Client, role: string, options: string): Promise<void> {
  const { rowCount } = await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [role]);
  await admin.query(`${rowCount === 0 ? "CREATE" : "ALTER"} ROLE ${role} ${options}`);
}

async function createDatabase(admin: Client, name: string, owner: string): Promise<void> {
  const { rowCount } = await admin.query("SELECT FROM pg_database WHERE datname = $1", [name]);
  if (rowCount === 0) await admin.query(`CREATE DATABASE ${name} OWNER ${owner}`);
}
