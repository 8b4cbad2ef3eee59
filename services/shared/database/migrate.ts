import { runner } from "node-pg-migrate";
import { Client } from "pg";
import type { Service } from "../../../platform/service.ts";
import { createLog, type Log } from "../runtime/log.ts";
import { readSettings } from "../runtime/settings.ts";
import { DATABASE_URL } from "./contract.ts";
import { connectionString } from "./connection-string.ts";

/**
 * Applies the numbered files of a folder to a database, each once, in order and in its own transaction. Only one process migrates
 * at a time. Returns the names of the files that it applied.
 */
export async function migrate(
  databaseUrl: string,
  folder: string,
  log: Pick<Log, "info" | "warn" | "error">,
  { count = Infinity }: { readonly count?: number } = {},
): Promise<string[]> {
  const client = new Client({ connectionString: connectionString(databaseUrl) });
  await client.connect();
  try {
    const applied = await runner({
      dbClient: client,
      dir: folder,
      direction: "up",
      count,
      migrationsTable: "migrations",
      checkOrder: true,
      logger: {
        info: () => undefined,
        warn: (message) => {
          log.warn(message);
        },
        error: (message) => {
          log.error(message);
        },
      },
    });
    return applied.map(({ name }) => name);
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
