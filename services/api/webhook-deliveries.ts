import type { PoolClient } from "pg";
import type { z } from "zod";
import { TEST_EVENT } from "../shared/webhooks/events.ts";
import { ApiError } from "./errors.ts";
import type { Delivery, DeliveryDetail, deliveryQuery } from "./webhook-schema.ts";
import { readWebhook } from "./webhooks.ts";

/** Attempts of a delivery after which it is not sent again on request. */
const MAX_ATTEMPTS = 100;
/** Attempts of a delivery that are shown, the newest. */
const MAX_LOG = 50;

const DELIVERY = `delivery.id, jsonb_build_object('id', event.id, 'type', type,
    'createdAt', to_char(event.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) AS event,
  state, attempt AS attempts, status, error, CASE state WHEN 'pending' THEN due_at END AS "nextAttemptAt",
  delivery.created_at AS "createdAt", finished_at AS "finishedAt"`;
const FROM = "webhook_deliveries AS delivery JOIN webhook_events AS event ON event.id = event_id";

/** Deliveries of a webhook, the newest first. Throws `not_found`. */
export async function listDeliveries(
  client: PoolClient,
  webhook: string,
  { limit, before, state }: z.output<typeof deliveryQuery>,
): Promise<Delivery[]> {
  await readWebhook(client, webhook);
  const { rows } = await client.query<Delivery>(
    `SELECT ${DELIVERY} FROM ${FROM}
      WHERE endpoint_id = $1 AND ($4::text IS NULL OR state = $4)
        AND ($3::uuid IS NULL OR (delivery.created_at, delivery.id) < (SELECT created_at, id FROM webhook_deliveries WHERE id = $3))
      ORDER BY delivery.created_at DESC, delivery.id DESC LIMIT $2`,
    [webhook, limit, before ?? null, state ?? null],
  );
  return rows;
}

export interface DeliveryKey {
  /** Of the webhook. */
  readonly id: string;
  readonly delivery: string;
}

/** Throws `not_found`. */
export async function readDelivery(client: PoolClient, { id, delivery }: DeliveryKey): Promise<DeliveryDetail> {
  await readWebhook(client, id);
  const { rows } = await client.query<Omit<DeliveryDetail, "log">>(
    `SELECT ${DELIVERY}, data FROM ${FROM} WHERE delivery.id = $1 AND endpoint_id = $2`,
    [delivery, id],
  );
  if (!rows[0]) throw new ApiError("not_found");
  const { rows: log } = await client.query<DeliveryDetail["log"][number]>(
    `SELECT number, started_at AS "startedAt", milliseconds, status, error, excerpt FROM webhook_attempts
      WHERE delivery_id = $1 ORDER BY number DESC LIMIT ${MAX_LOG}`,
    [delivery],
  );
  return { ...rows[0], log: log.toReversed() };
}

/** Sends a webhook an event that says nothing happened. Throws `not_found` or `webhook_disabled`. */
export async function testWebhook(client: PoolClient, webhook: string): Promise<DeliveryDetail> {
  await requireEnabled(client, webhook);
  const { rows } = await client.query<{ id: string }>(
    `WITH event AS (
        INSERT INTO webhook_events (tenant_id, type, data) VALUES (current_tenant(), $2, jsonb_build_object('webhook', $1::text))
        RETURNING id
      )
      INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id) SELECT current_tenant(), $1::uuid, id FROM event RETURNING id`,
    [webhook, TEST_EVENT],
  );
  return readDelivery(client, { id: webhook, delivery: rows[0]?.id ?? "" });
}

/**
 * Sends a delivery again, now and with all retries, in any state. The result of an attempt in progress no longer counts.
 * Throws `not_found`, `webhook_disabled`, and `limit_reached` after `MAX_ATTEMPTS`.
 */
export async function resend(client: PoolClient, { id, delivery }: DeliveryKey): Promise<DeliveryDetail> {
  await requireEnabled(client, id);
  const found = await readDelivery(client, { id, delivery });
  if (found.attempts >= MAX_ATTEMPTS)
    throw new ApiError("limit_reached", `It was attempted ${found.attempts} times, and may be ${MAX_ATTEMPTS} times.`);
  await client.query(
    `UPDATE webhook_deliveries SET state = 'pending', failures = 0, pending_since = now(), due_at = now(), finished_at = NULL,
        leased_until = NULL
      WHERE id = $1 AND endpoint_id = $2`,
    [delivery, id],
  );
  return readDelivery(client, { id, delivery });
}

async function requireEnabled(client: PoolClient, webhook: string): Promise<void> {
  const { enabled } = await readWebhook(client, webhook);
  if (!enabled) throw new ApiError("webhook_disabled", "Enable it first.");
}
