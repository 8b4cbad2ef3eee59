import { Client } from "pg";

/** What is counted of all tenants, as rows that two sources can be compared by. */
export interface Total {
  readonly tenant: string;
  readonly day: string;
  readonly model: string;
  readonly calls: number;
  readonly ends: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly microUsd: number;
}

/** The API's database, as the superuser: what is recorded, and what is counted. */
export class UsageDatabase {
  constructor(readonly client: Client) {}

  static async open(url: string): Promise<UsageDatabase> {
    const client = new Client({ connectionString: url });
    await client.connect();
    return new UsageDatabase(client);
  }

  async rows<Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> {
    return (await this.client.query<Row>(sql, values)).rows;
  }

  async count(table: string, where = "true"): Promise<number> {
    const [found] = await this.rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${table} WHERE ${where}`);
    return found?.count ?? 0;
  }

  /**
   * Records a day of usage of two new tenants: so many events, over all hours of yesterday (UTC), three models and every outcome. Returns what is
   * to be counted of them.
   */
  async recordDay(events: number, name: string): Promise<Total[]> {
    await this.rows("INSERT INTO tenants (name) SELECT $1 || number FROM generate_series(0, 1) AS number", name);
    await this.rows(
      `INSERT INTO usage_outbox (tenant_id, event)
      SELECT tenants.id, jsonb_build_object(
        'id', gen_random_uuid(), 'tenant', tenants.id, 'execution', gen_random_uuid(), 'prompt', gen_random_uuid(), 'promptVersion', 1,
        'at', (date_trunc('day', now(), 'UTC') - interval '1 day') + number * interval '1 day' / $2,
        'attempt', 1, 'model', (ARRAY['small', 'large', 'custom/own'])[1 + number % 3], 'ownModel', number % 3 = 2,
        'outcome', (ARRAY['succeeded', 'failed', 'cancelled', 'retried'])[1 + number % 4],
        'called', number % 5 > 0, 'cached', number % 5 = 0,
        'promptTokens', number % 97, 'completionTokens', number % 89, 'microUsd', number % 83)
      FROM generate_series(0, $2::int - 1) AS number JOIN tenants ON tenants.name = $1 || (number % 2)`,
      ...[name, events],
    );
    return this.rows<Total>(
      `SELECT tenant_id AS tenant, left(event->>'at', 10) AS day, event->>'model' AS model,
        count(*) FILTER (WHERE (event->>'called')::boolean)::int AS calls,
        count(*) FILTER (WHERE event->>'outcome' <> 'retried')::int AS ends, sum((event->>'promptTokens')::int)::int AS "promptTokens",
        sum((event->>'completionTokens')::int)::int AS "completionTokens", sum((event->>'microUsd')::int)::int AS "microUsd"
      FROM usage_outbox WHERE tenant_id IN (SELECT id FROM tenants WHERE name IN ($1 || 0, $1 || 1))
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      name,
    );
  }

  /** What is counted of the tenants whose names begin so. */
  counted(name: string): Promise<Total[]> {
    return this.rows<Total>(
      `SELECT tenant_id AS tenant, to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, model, sum(calls)::int AS calls,
        sum(succeeded + failed + cancelled)::int AS ends, sum(prompt_tokens)::int AS "promptTokens",
        sum(completion_tokens)::int AS "completionTokens", sum(cost_micro_usd)::int AS "microUsd"
      FROM usage_hours WHERE tenant_id IN (SELECT id FROM tenants WHERE name IN ($1 || 0, $1 || 1))
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      name,
    );
  }

  /**
   * Lets nobody write to a table until what this returns is called; rows can be read and locked. Whoever writes to it waits, in the middle of
   * what it does.
   */
  async block(table: string, url: string): Promise<() => Promise<void>> {
    const blocker = new Client({ connectionString: url });
    await blocker.connect();
    await blocker.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
    return async () => {
      await blocker.query("ROLLBACK");
      await blocker.end();
    };
  }

  /** Sessions of analytics that wait for a lock. */
  waiting(): Promise<number> {
    return this.count("pg_stat_activity", "usename = 'promptops_analytics' AND wait_event_type = 'Lock'");
  }
}
