import type { ClientBase } from "pg";
import type { Action, Actor, Details } from "./actions.ts";

/** An audit event, as it is written. Postgres gives it its id and time. */
export interface NewEvent {
  /** The tenant whose event it is. @default - the platform's */
  readonly tenant?: string | undefined;
  readonly actor: Actor;
  readonly action: Action;
  /** The id of what was acted on. */
  readonly object?: string | undefined;
  /** The code of the error with which it was refused. @default - it was done */
  readonly reason?: string | undefined;
  readonly requestId?: string | undefined;
  /** The network that asked, as `maskedNetworkOf` names it. */
  readonly source?: string | undefined;
  readonly details?: Details | undefined;
}

/** Adds an event to the transaction: it is kept if, and only if, what it records is. */
export async function insertEvent(client: Pick<ClientBase, "query">, event: NewEvent): Promise<void> {
  const { tenant, actor, action, object, reason, requestId, source, details = {} } = event;
  await client.query({
    name: "insert-audit-event",
    text: `INSERT INTO audit_events
        (tenant_id, actor_kind, actor_id, action, object_id, outcome, reason, request_id, source, details)
      VALUES ($1, $2, $3, $4, $5, CASE WHEN $6::text IS NULL THEN 'success' ELSE 'denied' END, $6, $7, $8, $9)`,
    values: [
      ...[tenant ?? null, actor.kind, actor.id ?? null, action, object ?? null, reason ?? null],
      ...[requestId ?? null, source ?? null, details],
    ],
  });
}
