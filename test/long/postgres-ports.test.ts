import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../local/embedded-postgres.ts";
import { Database } from "../../services/shared/database/pool.ts";
import { postgresBroadcast } from "../../services/shared/executions/postgres/broadcast.ts";
import { postgresWakeUps } from "../../services/shared/executions/postgres/wake-ups.ts";
import { createLog } from "../../services/shared/runtime/log.ts";
import { testPorts } from "../services/ports-contract.ts";

const log = createLog("test", "silent");
let folder: string;
let postgres: EmbeddedPostgres;
let admin: Client;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
  chmodSync(folder, 0o711);
  postgres = await startEmbeddedPostgres({ folder: join(folder, "postgres"), durable: false });
  admin = new Client({ connectionString: postgres.url() });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const OTHERS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

/** An adapter with a pool of its own, which it takes along when it is closed. */
function withPool<Port extends { close: () => Promise<void> }>(make: (database: Database) => Port): Port {
  const database = new Database({ url: postgres.url(), connections: 2, log });
  const port = make(database);
  return {
    ...port,
    close: async () => {
      await port.close();
      await database.close();
    },
  };
}

describe("on Postgres", () => {
  testPorts(() => ({
    wakeUps: () => withPool((database) => postgresWakeUps(database, postgres.url(), log)),
    broadcast: () => withPool((database) => postgresBroadcast(database, postgres.url(), log)),
    breakConnections: async () => {
      await admin.query(`SELECT pg_terminate_backend(pid) ${OTHERS}`);
    },
    connections: async () => (await admin.query<{ count: number }>(`SELECT count(*) ${OTHERS}`)).rows[0]?.count ?? 0,
  }));
});
