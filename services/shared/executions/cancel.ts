import type { ClientBase } from "pg";
import type { EventType } from "./events.ts";

/**
 * Cancels an execution in the transaction of its tenant; its worker stops when it finds its lease gone. False when there is none
 * that has not ended.
 */
export async function cancelExecution(client: ClientBase, id: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "cancel-execution",
    text: "UPDATE executions SET state = 'cancelled', finished_at = now() WHERE id = $1 AND state IN ('queued', 'running')",
    values: [id],
  });
  if (rowCount === 0) return false;
  // A statement of its own: it waits for a worker that is writing, and sees what was written.
  await client.query({
    name: "tell-cancelled",
    text: `WITH freed AS (
        DELETE FROM leases WHERE execution_id = $1 RETURNING last_seq
      ), cancelled AS (
        UPDATE executions SET last_seq = coalesce((SELECT last_seq FROM freed), last_seq) + 1 WHERE id = $1 RETURNING *
      )
      INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
      SELECT accepted_on, id, tenant_id, last_seq, attempt, $2, '{}' FROM cancelled`,
    values: [id, "job_cancelled" satisfies EventType],
  });
  return true;
}
