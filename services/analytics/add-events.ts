import type { Database } from "../shared/database/pool.ts";
import { isRefusal } from "../shared/database/retry-conflicts.ts";
import type { UsageEvent } from "../shared/usage/event.ts";

/** `ignored`: it was counted before, or its tenant is erased. */
export type Counted = "counted" | "ignored" | "refused";

/**
 * Adds events to what is counted, each once, however often it is given, and returns the outcome by id. If Postgres refuses a value, each
 * half of the events is added by itself, so that one event stops no other. Throws when Postgres does not answer; all may be given again then.
 */
export async function addUsageEvents(
  database: Pick<Database, "query">,
  events: readonly UsageEvent[],
): Promise<ReadonlyMap<string, Counted>> {
  try {
    const { rows } = await database.query<{ id: string }>(statement(events));
    const added = new Set(rows.map(({ id }) => id));
    return new Map(events.map(({ id }) => [id, added.has(id) ? "counted" : "ignored"]));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const [only] = events;
    if (only && events.length === 1) return new Map([[only.id, "refused"]]);
    const first = await addUsageEvents(database, events.slice(0, events.length / 2));
    return new Map([...first, ...(await addUsageEvents(database, events.slice(events.length / 2)))]);
  }
}

/** In one order, so that no two statements wait for each other. */
const statement = (events: readonly UsageEvent[]): { name: string; text: string; values: unknown[] } => ({
  name: "add-usage-events",
  text: `WITH given AS (
      SELECT * FROM jsonb_to_recordset($1) AS event (
        id uuid, at timestamptz, tenant uuid, execution uuid, prompt uuid, "promptVersion" integer, attempt integer, model text,
        "ownModel" boolean, outcome text, called boolean, cached boolean, "promptTokens" bigint, "completionTokens" bigint, "microUsd" bigint
      )
      WHERE NOT EXISTS (SELECT FROM erasures WHERE tenant_id = tenant AND user_id IS NULL)
    ), added AS (
      INSERT INTO usage_events (id, tenant_id, ended_at, execution_id, prompt_id, prompt_version, attempt, model, own_model, outcome, called,
        cached, prompt_tokens, completion_tokens, cost_micro_usd)
      SELECT id, tenant, at, execution, prompt, "promptVersion", attempt, model, "ownModel", outcome, called,
        cached, "promptTokens", "completionTokens", "microUsd"
      FROM given ORDER BY id
      ON CONFLICT (id) DO NOTHING RETURNING *
    ), summed AS (
      INSERT INTO usage_hours AS known (tenant_id, hour, model, calls, cached, succeeded, failed, cancelled, prompt_tokens, completion_tokens,
        cost_micro_usd)
      SELECT tenant_id, date_trunc('hour', ended_at, 'UTC') AS hour, model, count(*) FILTER (WHERE called), count(*) FILTER (WHERE cached),
        count(*) FILTER (WHERE outcome = 'succeeded'), count(*) FILTER (WHERE outcome = 'failed'),
        count(*) FILTER (WHERE outcome = 'cancelled'), sum(prompt_tokens), sum(completion_tokens), sum(cost_micro_usd)
      FROM added GROUP BY tenant_id, hour, model ORDER BY tenant_id, hour, model
      ON CONFLICT (tenant_id, hour, model) DO UPDATE SET
        calls = known.calls + excluded.calls, cached = known.cached + excluded.cached,
        succeeded = known.succeeded + excluded.succeeded, failed = known.failed + excluded.failed,
        cancelled = known.cancelled + excluded.cancelled,
        prompt_tokens = known.prompt_tokens + excluded.prompt_tokens,
        completion_tokens = known.completion_tokens + excluded.completion_tokens,
        cost_micro_usd = known.cost_micro_usd + excluded.cost_micro_usd
    )
    SELECT id FROM added`,
  values: [JSON.stringify(events)],
});
