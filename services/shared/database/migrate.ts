import { join } from "node:path";
import { runner } from "node-pg-migrate";
import { Client } from "pg";
import type { Log } from "../runtime/log.ts";
import { connectionString } from "./connection-string.ts";

/** The numbered files, each applied once, in order, in a transaction of its own, by one process at a time. */
const MIGRATIONS = join(import.meta.dirname, "migrations");

/** Brings a database to this version. Returns the names of what was applied; none when it was there already. */
export async function migrate(databaseUrl: string, log: Pick<Log, "info" | "warn" | "error">): Promise<string[]> {
  const client = new Client({ connectionString: connectionString(databaseUrl) });
  await client.connect();
  try {
    const applied = await runner({
      dbClient: client,
      dir: MIGRATIONS,
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
