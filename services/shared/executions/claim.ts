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
  /** Whether executions here count towards what a tenant may run at once. @default true */
  readonly counted?: boolean;
}

/**
 * Takes what is due on one endpoint, at most what there is room for, in fair shares over the tenants that wait, and never more than the endpoint or
 * a tenant may run at once over all workers: whoever takes holds their locks while counting.
 */
export async function takeLeases(
  database: Database,
  endpoint: Source,
  room: Room,
  redirects: Redirects = new Map(),
): Promise<Claim> {
  return database.transaction(async (client) => {
    const { rows: locks } = await client.query<Locks>(lockStatement(endpoint, redirects));
    const limited = locks[0]?.limited ?? [];
    const { rows } = await client.query<Lease & { more: boolean }>(
      claimStatement(endpoint, room, { redirects, limited }),
    );
    return { leases: rows.map(({ more, ...lease }) => lease), more: rows[0]?.more ?? false };
  });
}

/** Models whose executions the endpoint takes over, where they may fall back to it: by the model that is asked instead. */
export type Redirects = ReadonlyMap<string, string>;

/** What a worker may take. */
export interface Room {
  /** The worker's UUID: executions that are lost with one worker are judged together. */
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

/** What the lock statement answers. */
export interface Locks {
  /** Tenants with a limit on what they run at once whose locks were free. The others are being counted for another endpoint. */
  readonly limited: readonly string[];
}

/**
 * Holds the endpoint's lock until the transaction ends, and those of tenants with a limit that wait for it, as far as they are free. Sorts are
 * turned off for it, where there is a choice: the planner does not know how few rows of each tenant are wanted, and would sort all that
 * the tenant has waiting.
 */
export const lockStatement = (
  source: Pick<Source, "url" | "models">,
  redirects: Redirects = new Map(),
): QueryConfig => ({
  name: "lock-endpoint",
  text: `SELECT pg_advisory_xact_lock(hashtext('endpoint'), hashtext($1)), set_config('enable_sort', 'off', true), ARRAY(
      SELECT id FROM (
        SELECT id FROM tenants WHERE max_running IS NOT NULL
          AND EXISTS (SELECT FROM executions WHERE state = 'queued' AND model = ANY ($2) AND tenant_id = tenants.id)
        OFFSET 0
      ) AS waiting
      WHERE pg_try_advisory_xact_lock(hashtext('tenant'), hashtext(id::text))
    ) AS limited`,
  values: [source.url, waitingModels(source, redirects)],
});

/** The models of executions that an endpoint may take: its own, and those that it takes over. */
const waitingModels = ({ models }: Pick<Source, "models">, redirects: Redirects): string[] => [
  ...models.map(({ name }) => name),
  ...redirects.keys(),
];

/** How many more executions a tenant may run now: none while it is suspended; without a limit, more than there are. */
const ROOM = `CASE
        WHEN suspended_at IS NOT NULL THEN 0
        WHEN max_running IS NULL OR $12::uuid[] IS NULL THEN 2147483647
        WHEN tenants.id <> ALL ($12) THEN 0
        ELSE max_running - (SELECT count(*) FROM leases WHERE leases.tenant_id = tenants.id AND leases.model <> '')
      END`;

/** The oldest executions with which workers were lost, of tenants with room. */
const oldestLost = (losses: string, limit: string): string => `
          SELECT executions.id, tenant_id, due_at, ${ROOM} AS room FROM executions JOIN tenants ON tenants.id = tenant_id
          WHERE state = 'queued' AND ${losses} AND model = ANY ($11) AND due_at <= now() AND deadline_at > now() AND ${ROOM} > 0
          ORDER BY due_at LIMIT ${limit}`;

/** Whether an execution may ask the model that it is taken for: its own, one of its fallbacks, or the one that its prompt names. */
const MAY_ASK = "(given.asked = given.model OR given.asked = ANY (fallbacks) OR given.asked = requested_model)";

const IS_OLD = "now() - pace.since > interval '2 minutes'";

/**
 * The statement that takes leases. Tenants that wait take turns, by their weights; each one's oldest executions come first.
 *
 * `waiting` jumps through the index from tenant to tenant, so a claim costs by the number of tenants that wait and not by what they
 * have waiting. A tenant's beginning is at most one execution behind what is served, so no tenant gets more of `free` places than its
 * weight's share and one round: so many are looked at.
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
      SELECT * FROM (
        SELECT due.tenant_id, weight, greatest(turns.ended, served.began) AS begins, ${ROOM} AS room
        FROM (SELECT DISTINCT tenant_id FROM waiting WHERE due_at <= now()) AS due
        JOIN tenants ON tenants.id = due.tenant_id
        LEFT JOIN turns ON endpoint = $1 AND turns.tenant_id = due.tenant_id
        CROSS JOIN served
      ) AS each
      WHERE room > 0
    ), suspect AS (
      SELECT id, tenant_id FROM (
        SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY due_at) AS number
        FROM ((${oldestLost("losses = 1", "$8")}
        ) UNION ALL (${oldestLost("losses > 1", "$9")}
        )) AS lost
      ) AS numbered
      WHERE number <= room ORDER BY due_at LIMIT (SELECT free FROM place)
    ), turn AS (
      SELECT tenant_id, begins, weight, least(
        ceil(weight * (1 + free / sum(weight) OVER ()))::int,
        room - (SELECT count(*) FROM suspect WHERE suspect.tenant_id = first.tenant_id)
      ) AS share
      FROM (SELECT * FROM tenant ORDER BY begins, tenant_id LIMIT (SELECT free FROM place)) AS first CROSS JOIN place
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
      SELECT accepted_on, id, tenant_id, last_seq, attempt, 'job_started', jsonb_build_object('model', shown_model(model)) FROM started
    ), turned AS (
      INSERT INTO turns (endpoint, tenant_id, began, ended)
      SELECT $1, tenant_id, max(begins), max(ends) FROM chosen GROUP BY tenant_id
      ON CONFLICT (endpoint, tenant_id) DO UPDATE SET began = excluded.began, ended = excluded.ended
    ), left_over AS (
      SELECT EXISTS (
        SELECT FROM tenant, unnest($11::text[]) AS given (model), LATERAL (
          SELECT FROM executions
          WHERE state = 'queued' AND losses = 0 AND model = given.model AND tenant_id = tenant.tenant_id
            AND due_at <= now() AND id <> ALL (ARRAY(SELECT id FROM chosen))
          LIMIT 1
        ) AS another
        WHERE room > (SELECT count(*) FROM chosen WHERE chosen.tenant_id = tenant.tenant_id)
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
      coalesce(requested_model, model) AS "requestedModel", fallbacks, use_cache AS "useCache", output_rules AS "outputRules",
      extract(epoch FROM deadline_at - now())::float8 AS "secondsLeft", (SELECT there FROM left_over) AS more
    FROM started`;

export const claimStatement = (
  source: Source,
  { worker, all, suspects, primes }: Room,
  { redirects = new Map(), limited = [] }: { readonly redirects?: Redirects } & Partial<Locks> = {},
): QueryConfig => {
  const { url, models, concurrency, counted = true } = source;
  const own = models.map(({ name }) => name);
  const asked = [...own, ...redirects.values()];
  const bounds = [all, concurrency, MAX_BYTES, LEASE_SECONDS, worker, suspects, primes];
  const values = [url, waitingModels(source, redirects), ...bounds, asked, own, counted ? limited : null];
  return { name: "claim", text: CLAIM, values };
};

/** Forgets how fast an endpoint starts executions: while it fails, that says nothing of when the next ones start. */
export async function forgetPace(database: Database, { url }: Pick<Source, "url">): Promise<void> {
  await database.query({ text: "DELETE FROM paces WHERE endpoint = $1", values: [url] });
}
