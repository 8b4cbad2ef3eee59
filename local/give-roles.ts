import { Client } from "pg";
import { databaseName } from "../platform/names.ts";
import { databaseOf, type Service } from "../platform/service.ts";

/**
 * What the job `database-roles` does in a cluster, for a server of this machine: a role and a database for each service that
 * uses one. Any number of times. Returns what each service connects with, by its name.
 */
export async function giveRoles(
  urlOf: (database?: string) => string,
  services: readonly Service[],
  password: string,
): Promise<Map<string, string>> {
  const admin = new Client({ connectionString: urlOf() });
  await admin.connect();
  try {
    const users = services.filter((service) => databaseOf(service) !== undefined);
    for (const service of users) {
      const role = databaseName(service);
      const { rowCount } = await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [role]);
      await admin.query(`${rowCount === 0 ? "CREATE" : "ALTER"} ROLE ${role} LOGIN PASSWORD '${password}'`);
    }
    for (const service of users.filter((each) => databaseOf(each)?.of === undefined)) {
      const name = databaseName(service);
      const { rowCount } = await admin.query("SELECT FROM pg_database WHERE datname = $1", [name]);
      if (rowCount === 0) await admin.query(`CREATE DATABASE ${name} OWNER ${name}`);
    }
    return new Map(users.map((service) => [service.name, connectionUrl(urlOf, service, password)]));
  } finally {
    await admin.end();
  }
}

function connectionUrl(urlOf: (database?: string) => string, service: Service, password: string): string {
  const url = new URL(urlOf(databaseName({ name: databaseOf(service)?.of ?? service.name })));
  url.username = databaseName(service);
  url.password = password;
  return url.href;
}
