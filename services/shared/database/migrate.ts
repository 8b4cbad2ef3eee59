import { runner } from "node-pg-migrate";
import { Client } from "pg";
import type { Service } from "../../../platform/service.ts";
import { createLog, type Log } from "../runtime/log.ts";
import { readSettings } from "../runtime/settings.ts";
import { connectionString } from "./connection-string.ts";

/**
 * Applies the numbered files of a folder to a database, each once, in order and in a transaction of its own, by one process at a
 * time. Returns the names of those that were applied.
 */
export async function migrate(
  databaseUrl: string,
  folder: string,
  log: Pick<Log, "info" | "warn" | "error">,
): Promise<string[]> {
  const client = new Client({ connectionString: connectionString(databaseUrl) });
  await client.connect();
  try {
    const applied = await runner({
      dbClient: client,
      dir: folder,
      direction: "up",
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

/** What a service does when its image is started to migrate. */
export async function runMigrations(service: Service, folder: string): Promise<void> {
  const settings = readSettings(service);
  const log = createLog(`${service.name}-migrate`, settings.logLevel);
  const applied = await migrate(settings.secret("database-url"), folder, log);
  log.info({ applied }, applied.length === 0 ? "the database is up to date" : "the database was migrated");
}
