import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type QueryResultRow } from "pg";
import { startEmbeddedPostgres } from "../../local/embedded-postgres.ts";
import { giveRoles } from "../../local/give-roles.ts";
import { ownServices } from "../../local/platform.ts";
import type { Room } from "../../services/shared/executions/claim.ts";
import { migrate } from "../../services/shared/database/migrate.ts";
import { Database } from "../../services/shared/database/pool.ts";
import type { Endpoint } from "../../services/shared/models/endpoints.ts";
import { createLog, type Log } from "../../services/shared/runtime/log.ts";
import { modelWith } from "./model-with.ts";

/** The API's database on a real Postgres, and nobody who works on it but the test. */
export interface ExecutionDatabase {
  /** As the role of workers and of the API, with so many connections. */
  readonly worker: Database;
  readonly api: Database;
  /** As the superuser. */
  readonly admin: Client;
  readonly urls: {
    readonly worker: string;
    readonly api: string;
    readonly migrate: string;
    /** As the superuser, to a database. */
    readonly admin: (database: string) => string;
  };
  readonly log: Log;
  /** Every line that the two pools have logged. */
  readonly lines: string[];
  /** Rows of a query, as the superuser. */
  readonly rows: <Row extends QueryResultRow = QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>;
  /** Stores a tenant with a prompt; the tenant's id. */
  readonly tenant: (name: string) => Promise<string>;
  /** Stores so many executions of a tenant, due in the order of their numbers; their ids, sorted. */
  readonly queue: (tenant: string, count: number, more?: Queued) => Promise<string[]>;
  readonly stop: () => Promise<void>;
}

export interface Queued {
  /** @default "simulated" */
  readonly model?: string;
  /** Seconds from now. @default 300 */
  readonly deadlineSeconds?: number;
}

/** Room for so many leases of one worker. */
export const roomFor = (all: number, worker = "00000000-0000-4000-8000-000000000001"): Room => ({
  ...{ worker, all, suspects: 32, primes: 1 },
});

export const endpoint: Endpoint = {
  ...{ url: "http://model/v1", protocol: "openai", models: [modelWith()], concurrency: 1_000 },
};

export async function startExecutionDatabase(): Promise<ExecutionDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
  chmodSync(folder, 0o711);
  const postgres = await startEmbeddedPostgres({ folder: join(folder, "postgres"), durable: false });
  const roles = await giveRoles(postgres.url, ownServices, "secret");
  const lines: string[] = [];
  const log = createLog("test", "warn", { write: (line) => lines.push(line) });
  const admin = new Client({ connectionString: postgres.url("promptops_api") });
  await admin.connect();
  const urls = {
    worker: roles.serve.get("worker") ?? "",
    api: roles.serve.get("api") ?? "",
    migrate: roles.migrate.get("api") ?? "",
    admin: postgres.url,
  };
  await migrate(urls.migrate, join(import.meta.dirname, "../../services/api/migrations"), createLog("test", "silent"));
  const asWorker = new Database({ url: urls.worker, connections: 4, log });
  const asApi = new Database({ url: urls.api, connections: 4, log });
  const rows = async <Row extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await admin.query<Row>(sql, values)).rows;
  return {
    ...{ worker: asWorker, api: asApi, admin, urls, log, lines, rows },
    tenant: async (name) => {
      const [tenant] = await rows<{ id: string }>("INSERT INTO tenants (name) VALUES ($1) RETURNING id", [name]);
      const id = tenant?.id ?? "";
      await rows(
        `WITH prompt AS (INSERT INTO prompts (tenant_id, name) VALUES ($1, 'echo') RETURNING id)
        INSERT INTO prompt_versions SELECT id, 1, $1, 'simulated', '[]', '{}', '{}' FROM prompt`,
        [id],
      );
      return id;
    },
    queue: async (tenant, count, { model = "simulated", deadlineSeconds = 300 } = {}) => {
      const ids = Array.from({ length: count }, () => randomUUID()).toSorted();
      await rows(
        `INSERT INTO executions (id, tenant_id, prompt_id, prompt_version, model, messages, parameters, due_at, deadline_at)
        SELECT given.id, $1, prompts.id, 1, $3, '[{"role":"user","content":"x"}]', '{}',
          now() - interval '1 hour' + number * interval '1 ms', now() + make_interval(secs => $4)
        FROM unnest($2::uuid[]) WITH ORDINALITY AS given (id, number) JOIN prompts ON tenant_id = $1`,
        [tenant, ids, model, deadlineSeconds],
      );
      return ids;
    },
    stop: async () => {
      await Promise.all([asWorker.close(), asApi.close(), admin.end()]);
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
