import type { Database } from "../shared/database/pool.ts";
import type { SealedKey } from "../shared/models/sealed-keys.ts";

/** Seconds after which another replica takes a delivery whose replica was lost: longer than an attempt and the write of its result. */
const LEASE_SECONDS = 60;
/**
 * Attempts at once over all replicas: to an endpoint, to one whose last attempt failed, and of a tenant. An endpoint that has none under way
 * may always have one: those that do not answer keep no other of their tenant waiting.
 */
const MAX_PER_ENDPOINT = 16;
const MAX_PER_FAILING_ENDPOINT = 1;
const MAX_PER_TENANT = 32;
/** Deliveries of an endpoint that one look takes: a look reads as many of each endpoint that waits. */
const MAX_PER_LOOK = 4;

/** A delivery that this replica has to attempt. */
export interface Claimed {
  readonly id: string;
  readonly tenant: string;
  readonly endpoint: string;
  readonly url: string;
  readonly includeOutput: boolean;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** Failed attempts since it became pending. */
  readonly failures: number;
  readonly event: { readonly id: string; readonly type: string; readonly at: string; readonly data: object };
  /** That sign it: the newest first. */
  readonly secrets: readonly SealedKey[];
}

/**
 * Endpoints that may be sent more, with how many attempts they and their tenant have under way. The first part jumps through the index from
 * endpoint to endpoint, whatever waits for each.
 */
const OPEN_ENDPOINTS = `waiting AS (
    (SELECT endpoint_id FROM webhook_deliveries WHERE state = 'pending' ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT next.endpoint_id FROM waiting, LATERAL (
      SELECT endpoint_id FROM webhook_deliveries WHERE state = 'pending' AND endpoint_id > waiting.endpoint_id
      ORDER BY endpoint_id LIMIT 1
    ) AS next
  ), leased AS (
    SELECT tenant_id, endpoint_id, count(*)::int AS count FROM webhook_deliveries WHERE leased_until > now() GROUP BY 1, 2
  ), open AS (
    SELECT endpoint.id, endpoint.tenant_id, coalesce(own.count, 0) AS busy, coalesce(others.count, 0)::int AS tenant_busy,
      CASE WHEN failing_since IS NULL THEN ${MAX_PER_ENDPOINT} ELSE ${MAX_PER_FAILING_ENDPOINT} END - coalesce(own.count, 0) AS room
    FROM waiting JOIN webhook_endpoints AS endpoint ON endpoint.id = waiting.endpoint_id
    JOIN tenants ON tenants.id = endpoint.tenant_id
    LEFT JOIN leased AS own ON own.endpoint_id = endpoint.id
    LEFT JOIN (SELECT tenant_id, sum(count) AS count FROM leased GROUP BY 1) AS others ON others.tenant_id = endpoint.tenant_id
    WHERE disabled_at IS NULL AND suspended_at IS NULL AND (coalesce(others.count, 0) < ${MAX_PER_TENANT} OR own.count IS NULL)
  )`;

/** Deliveries of an open endpoint that nobody attempts. */
const IS_DUE =
  "endpoint_id = open.id AND state = 'pending' AND due_at <= now() AND coalesce(leased_until <= now(), true)";

/**
 * Takes at most so many deliveries that are due. Endpoints and tenants take turns, those with fewer attempts under way first, so that one
 * that does not answer keeps no other waiting.
 */
export function claimDeliveries(database: Pick<Database, "transaction">, most: number): Promise<Claimed[]> {
  return database.transaction(async (client) => {
    // One replica at a time: two at once would both count what is under way before.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('webhook deliveries'))");
    const { rows } = await client.query<Stored>({ name: "claim-deliveries", text: CLAIM, values: [most] });
    return rows.map(({ secrets, ...row }) => ({
      ...row,
      secrets: secrets.map(({ keyId, sealed }) => ({ keyId, sealed: Buffer.from(sealed, "base64") })),
    }));
  });
}

type Stored = Omit<Claimed, "secrets"> & {
  readonly secrets: readonly { readonly keyId: string; readonly sealed: string }[];
};

const CLAIM = `WITH RECURSIVE ${OPEN_ENDPOINTS}, due AS (
    SELECT delivery.id, due_at, busy = 0 AND place = 1 AS is_first,
      tenant_busy + row_number() OVER (PARTITION BY open.tenant_id ORDER BY busy + place, due_at, delivery.id) AS turn
    FROM open, LATERAL (
      SELECT id, due_at, row_number() OVER (ORDER BY due_at) AS place FROM webhook_deliveries
      WHERE ${IS_DUE} ORDER BY due_at LIMIT least(greatest(open.room, 0), ${MAX_PER_LOOK})
    ) AS delivery
  ), taken AS (
    UPDATE webhook_deliveries SET attempt = attempt + 1, leased_until = now() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id IN (SELECT id FROM due WHERE turn <= ${MAX_PER_TENANT} OR is_first ORDER BY turn, due_at, id LIMIT $1)
      AND state = 'pending' AND coalesce(leased_until <= now(), true)
    RETURNING *
  )
  SELECT taken.id, taken.tenant_id AS tenant, endpoint.id AS endpoint, url, include_output AS "includeOutput", attempt, failures,
    jsonb_build_object('id', event.id, 'type', type, 'data', data,
      'at', to_char(event.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) AS event,
    (
      SELECT coalesce(jsonb_agg(jsonb_build_object('keyId', key_id, 'sealed', encode(sealed, 'base64')) ORDER BY expires_at DESC NULLS FIRST), '[]')
      FROM webhook_secrets AS secret
      WHERE secret.endpoint_id = endpoint.id AND coalesce(expires_at > now(), true)
    ) AS secrets
  FROM taken JOIN webhook_endpoints AS endpoint ON endpoint.id = endpoint_id JOIN webhook_events AS event ON event.id = event_id`;

/** Seconds that the oldest delivery is due, of endpoints that have nothing under way; 0 when none is. */
export async function readDelay(database: Pick<Database, "query">): Promise<number> {
  const { rows } = await database.query<{ seconds: number }>({
    name: "read-webhook-delay",
    text: `WITH RECURSIVE ${OPEN_ENDPOINTS}
      SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS seconds
      FROM open, LATERAL (SELECT due_at FROM webhook_deliveries WHERE ${IS_DUE} ORDER BY due_at LIMIT 1) AS oldest
      WHERE busy = 0`,
  });
  return rows[0]?.seconds ?? 0;
}
