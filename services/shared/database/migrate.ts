import { runner } from "node-pg-migrate";
import { Client } from "pg";
import type { Service } from "../../../platform/service.ts";
import { createLog, type Log } from "../runtime/log.ts";
import { readSettings } from "../runtime/settings.ts";
import { DATABASE_URL } from "./contract.ts";
import { connectionString } from "./connection-string.ts";

/**
 * Applies the numbered files of a folder to a database, each once, in order and in its own transaction. Only one process migrates
 * at a time. Returns the names of the files that it applied. Throws an error that names the file and has Postgres' as its cause.
 */
export async function migrate(
  databaseUrl: string,
  folder: string,
  log: Pick<Log, "warn">,
  { count = Infinity }: { readonly count?: number } = {},
): Promise<string[]> {
  const client = new Client({ connectionString: connectionString(databaseUrl) });
  await client.connect();
  let current = "";
  try {
    const applied = await runner({
      dbClient: client,
      dir: folder,
      direction: "up",
      count,
      migrationsTable: "migrations",
      checkOrder: true,
      logger: {
        info: (message) => {
          current = /^### MIGRATION (\S+) \(UP\)/.exec(message)?.[1] ?? current;
        },
        warn: (message) => {
          log.warn(message);
        },
        // It repeats Postgres' error, which repeats rows. The error is thrown as well.
        error: () => undefined,
      },
    });
    return applied.map(({ name }) => name);
  } catch (error) {
    if (current === "") throw error;
    throw new Error(`Migration '${current}' failed. Nothing of it was applied.`, { cause: error });
  } finally {
    await client.end();
  }
}

/** Migrates the service's own database; the migration job runs this. */
export async function runMigrations(service: Service, folder: string): Promise<void> {
  const settings = readSettings(service);
  const log = createLog(`${service.name}-migrate`, settings.logLevel);
  const applied = await migrate(settings.secret(DATABASE_URL), folder, log);
  log.info({ applied }, applied.length === 0 ? "the database is up to date" : "the database was migrated");
}
