import type { QueryConfig } from "pg";
import type { Database } from "../database/pool.ts";
import { type Lease, LEASE_SECONDS } from "./lease.ts";

/** Bytes of prompts that one claim takes; a single execution may have more. */
const MAX_BYTES = 32 * 2 ** 20;

/** What executions are taken for: the endpoint of models, or what advances workflows. */
export interface Source {
  readonly url: string;
  readonly models: readonly { readonly name: string }[];
  /** Executions that run at once, over all workers. */
  readonly concurrency: number;
}

/**
 * Takes what is due on one endpoint, at most what there is room for, in fair shares over the tenants that wait, and never more than the endpoint may
 * run at once over all workers: whoever takes holds the endpoint's lock while counting.
 */
export async function takeLeases(
  database: Database,
  endpoint: Source,
  room: Room,
  redirects: Redirects = new Map(),
): Promise<Claim> {
  return database.transaction(async (client) => {
    await client.query(lockStatement(endpoint));
    const { rows } = await client.query<Lease & { more: boolean }>(claimStatement(endpoint, room, redirects));
    return { leases: rows.map(({ more, ...lease }) => lease), more: rows[0]?.more ?? false };
  });
}

/** Models whose executions the endpoint takes over, where they may fall back to it: by the model that is asked instead. */
export type Redirects = ReadonlyMap<string, string>;

/** What a worker may take. */
export interface Room {
  /** The worker's UUID: whoever is lost with it is judged together. */
  readonly worker: string;
  readonly all: number;
  /** Of them, executions with which one worker was lost, and with which several were. */
  readonly suspects: number;
  readonly primes: number;
}

export interface Claim {
  readonly leases: readonly Lease[];
  /** Something was taken, and more is due: another claim may take it, if there is room. */
  readonly more: boolean;
}

/**
 * Holds the endpoint's lock until the transaction ends. Sorts are turned off for it, where there is a choice: the planner does not know
 * how few rows of each tenant are wanted, and would sort all that the tenant has waiting.
 */
export const lockStatement = ({ url }: Pick<Source, "url">): QueryConfig => ({
  name: "lock-endpoint",
  text: `SELECT pg_advisory_xact_lock(hashtext('endpoint'), hashtext($1)), set_config('enable_sort', 'off', true)`,
  values: [url],
});

/** Whether an execution may ask the model that it is taken for: its own, one of its fallbacks, or the one that its prompt names. */
const MAY_ASK = "(given.asked = given.model OR given.asked = ANY (fallbacks) OR given.asked = requested_model)";

/** Whether the tenant of an execution is not suspended. */
const IS_ACTIVE = "EXISTS (SELECT FROM tenants WHERE tenants.id = tenant_id AND suspended_at IS NULL)";

const IS_OLD = "now() - pace.since > interval '2 minutes'";

/**
 * The statement that takes leases. Tenants that wait take turns, by their weights; each one's oldest executions come first.
 *
 * `waiting` jumps through the index from tenant to tenant, so a claim costs by the number of tenants that wait and not by what they
 * have waiting. A suspended tenant has no turn. A tenant's beginning is at most one execution behind what is served, so no tenant gets
 * more of `free` places than its weight's share and one round: so many are looked at.
 */
const CLAIM = `WITH RECURSIVE waiting AS (
      (
        SELECT first.* FROM unnest($2::text[]) AS given (model), LATERAL (
          SELECT model, tenant_id, due_at FROM executions
          WHERE state = 'queued' AND losses = 0 AND model = given.model ORDER BY tenant_id, due_at LIMIT 1
        ) AS first
      )
      UNION ALL
      SELECT next.* FROM waiting, LATERAL (
        SELECT model, tenant_id, due_at FROM executions
        WHERE state = 'queued' AND losses = 0 AND model = waiting.model AND tenant_id > waiting.tenant_id
        ORDER BY tenant_id, due_at LIMIT 1
      ) AS next
    ), served AS (
      SELECT coalesce(max(began), 0) AS began FROM turns WHERE endpoint = $1
    ), place AS (
      SELECT greatest(0, least($3::int, $4::int - (SELECT count(*) FROM leases WHERE model = ANY ($11)))) AS free
    ), tenant AS (
      SELECT due.tenant_id, weight, greatest(turns.ended, served.began) AS begins
      FROM (SELECT DISTINCT tenant_id FROM waiting WHERE due_at <= now()) AS due
      JOIN tenants ON tenants.id = due.tenant_id AND suspended_at IS NULL
      LEFT JOIN turns ON endpoint = $1 AND turns.tenant_id = due.tenant_id
      CROSS JOIN served
    ), turn AS (
      SELECT tenant_id, weight, begins, ceil(weight * (1 + free / sum(weight) OVER ()))::int AS share
      FROM (SELECT * FROM tenant ORDER BY begins, tenant_id LIMIT (SELECT free FROM place)) AS first CROSS JOIN place
    ), suspect AS (
      SELECT id FROM (
        (
          SELECT id, due_at FROM executions
          WHERE state = 'queued' AND losses = 1 AND model = ANY ($11) AND due_at <= now() AND deadline_at > now() AND ${IS_ACTIVE}
          ORDER BY due_at LIMIT $8
        )
        UNION ALL
        (
          SELECT id, due_at FROM executions
          WHERE state = 'queued' AND losses > 1 AND model = ANY ($11) AND due_at <= now() AND deadline_at > now() AND ${IS_ACTIVE}
          ORDER BY due_at LIMIT $9
        )
      ) AS lost
      ORDER BY due_at LIMIT (SELECT free FROM place)
    ), candidate AS (
      SELECT turn.tenant_id, oldest.id, oldest.due_at, oldest.bytes, begins + (number - 1) / weight AS begins,
        begins + number / weight AS ends
      FROM turn, LATERAL (
        SELECT merged.*, row_number() OVER (ORDER BY due_at, id) AS number FROM (
          SELECT found.* FROM unnest($2::text[], $10::text[]) AS given (model, asked), LATERAL (
            SELECT id, due_at, bytes FROM executions
            WHERE state = 'queued' AND losses = 0 AND model = given.model AND tenant_id = turn.tenant_id
              AND due_at <= now() AND deadline_at > now() AND ${MAY_ASK}
            ORDER BY due_at LIMIT turn.share
          ) AS found
        ) AS merged
      ) AS oldest
      WHERE number <= turn.share
    ), chosen AS (
      SELECT * FROM (
        SELECT *, sum(bytes) OVER (ORDER BY begins, due_at, id) - bytes AS before FROM candidate
      ) AS lined_up
      WHERE before < $5::bigint
      ORDER BY begins, due_at, id LIMIT greatest(0, (SELECT free FROM place) - (SELECT count(*) FROM suspect))
    ), taken AS (
      SELECT id FROM executions
      WHERE id = ANY (ARRAY(SELECT id FROM chosen UNION ALL SELECT id FROM suspect)) AND state = 'queued'
      ORDER BY id FOR UPDATE SKIP LOCKED
    ), started AS (
      UPDATE executions SET
        state = 'running', attempt = attempt + 1, last_seq = last_seq + 1, started_at = coalesce(started_at, now()),
        model = given.asked,
        requested_model = CASE WHEN given.asked = given.model THEN requested_model ELSE coalesce(requested_model, given.model) END
      FROM unnest($2::text[], $10::text[]) AS given (model, asked)
      WHERE executions.model = given.model AND id = ANY (ARRAY(SELECT id FROM taken))
      RETURNING executions.*
    ), leased AS (
      INSERT INTO leases (execution_id, tenant_id, model, accepted_on, attempt, last_seq, worker, expires_at)
      SELECT id, tenant_id, model, accepted_on, attempt, last_seq, $7, now() + make_interval(secs => $6) FROM started
    ), told AS (
      INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
      SELECT accepted_on, id, tenant_id, last_seq, attempt, 'job_started', jsonb_build_object('model', model) FROM started
    ), turned AS (
      INSERT INTO turns (endpoint, tenant_id, began, ended)
      SELECT $1, tenant_id, max(begins), max(ends) FROM chosen GROUP BY tenant_id
      ON CONFLICT (endpoint, tenant_id) DO UPDATE SET began = excluded.began, ended = excluded.ended
    ), left_over AS (
      SELECT EXISTS (
        SELECT FROM tenant, LATERAL (
          SELECT FROM executions WHERE state = 'queued' AND losses = 0 AND model = ANY ($11) AND due_at <= now()
            AND executions.tenant_id = tenant.tenant_id AND id <> ALL (ARRAY(SELECT id FROM chosen)) LIMIT 1
        ) AS another
      ) AS there
    ), calm AS (
      DELETE FROM paces WHERE endpoint = $1 AND NOT (SELECT there FROM left_over)
    ), paced AS (
      INSERT INTO paces AS pace (endpoint, since, starts, weights)
      SELECT $1, now(), 0, coalesce((SELECT sum(weight) FROM tenant), 1) FROM left_over WHERE there
      ON CONFLICT (endpoint) DO UPDATE SET
        since = CASE WHEN ${IS_OLD} THEN now() - (now() - pace.since) / 2 ELSE pace.since END,
        starts = (pace.starts + (SELECT count(*) FROM taken)) / CASE WHEN ${IS_OLD} THEN 2 ELSE 1 END,
        weights = excluded.weights
    )
    SELECT id, tenant_id AS tenant, attempt, failures, losses, model, messages, parameters, trace,
      coalesce(requested_model, model) AS "requestedModel", fallbacks,
      extract(epoch FROM deadline_at - now())::float8 AS "secondsLeft", (SELECT there FROM left_over) AS more
    FROM started`;

export const claimStatement = (
  { url, models, concurrency }: Source,
  { worker, all, suspects, primes }: Room,
  redirects: Redirects = new Map(),
): QueryConfig => {
  const own = models.map(({ name }) => name);
  const [waiting, asked] = [
    [...own, ...redirects.keys()],
    [...own, ...redirects.values()],
  ];
  return {
    name: "claim",
    text: CLAIM,
    values: [url, waiting, all, concurrency, MAX_BYTES, LEASE_SECONDS, worker, suspects, primes, asked, own],
  };
};

/** Forgets how fast an endpoint starts executions: while it fails, that says nothing of when the next ones start. */
export async function forgetPace(database: Database, { url }: Pick<Source, "url">): Promise<void> {
  await database.query({ text: "DELETE FROM paces WHERE endpoint = $1", values: [url] });
}
