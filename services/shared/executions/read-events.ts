import type { ClientBase } from "pg";
import type { ExecutionEvent } from "./events.ts";

/** Events that one reader gets in one turn; the rest comes with the next. */
const MAX_AT_ONCE = 1_000;

export interface Position {
  readonly execution: string;
  /** The last event that was seen; 0 is none. */
  readonly after: number;
}

/**
 * What came after each position, in order. Sees what its transaction may see. The day of its execution leads to the one partition
 * that holds an execution's events; Postgres runs the scan of no other.
 */
export async function readEvents(
  client: ClientBase,
  positions: readonly Position[],
): Promise<Map<string, ExecutionEvent[]>> {
  const { rows } = await client.query<ExecutionEvent & { execution: string }>({
    name: "read-events",
    text: `SELECT wanted.execution, event.seq, event.type, event.attempt, event.data, event.created_at AS at
      FROM unnest($1::uuid[], $2::bigint[]) AS wanted (execution, after)
      JOIN executions ON executions.id = wanted.execution,
      LATERAL execution_events_after(executions.accepted_on, wanted.execution, wanted.after, ${MAX_AT_ONCE}) AS event
      ORDER BY wanted.execution, event.seq`,
    values: [positions.map(({ execution }) => execution), positions.map(({ after }) => after)],
  });
  const events = new Map<string, ExecutionEvent[]>();
  for (const { execution, seq, type, attempt, data, at } of rows) {
    const list = events.get(execution) ?? [];
    list.push({ seq, type, attempt, data, at });
    events.set(execution, list);
  }
  return events;
}
