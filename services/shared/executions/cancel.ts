import type { ClientBase } from "pg";
import type { EventType } from "./events.ts";

/**
 * Cancels an execution in the transaction of its tenant, with what it executes for its nodes; its worker stops when it finds its lease
 * gone. False when there is none that has not ended.
 */
export async function cancelExecution(client: ClientBase, id: string): Promise<boolean> {
  // A child locks its parent when it ends, so children are locked first.
  const { rows } = await client.query<{ own: boolean }>({
    name: "lock-to-cancel",
    text: `SELECT id = $1 AS own FROM executions WHERE (id = $1 OR parent_id = $1) AND finished_at IS NULL
      ORDER BY id = $1, id FOR UPDATE`,
    values: [id],
  });
  if (!rows.some(({ own }) => own)) return false;
  // A statement of its own: it waits for a worker that is writing, and sees what was written.
  await client.query({
    name: "cancel-execution",
    text: `WITH freed AS (
        DELETE FROM leases WHERE execution_id = $1 RETURNING last_seq
      ), cancelled AS (
        UPDATE executions SET state = 'cancelled', finished_at = now(),
          last_seq = coalesce((SELECT last_seq FROM freed), last_seq) + 1
        WHERE id = $1 RETURNING *
      )
      INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
      SELECT accepted_on, id, tenant_id, last_seq, attempt, $2, '{}' FROM cancelled`,
    values: [id, "job_cancelled" satisfies EventType],
  });
  return true;
}
