import type { ClientBase } from "pg";

/** What of the current tenant waits or runs, against its limits. */
export interface Unfinished {
  /** There are as many executions as there may be. */
  readonly full: boolean;
  /** Their prompts, with another one, have more bytes than they may. */
  readonly heavy: boolean;
  /** Of their prompts, without the other one. */
  readonly bytes: number;
  readonly limit: number;
}

/** Reads it in a transaction of the tenant, with another prompt of so many bytes in view. */
export async function readUnfinished(client: Pick<ClientBase, "query">, size: number): Promise<Unfinished> {
  const { rows } = await client.query<Unfinished>({
    name: "count-unfinished",
    text: `SELECT count >= most_executions AS full, bytes + $1::bigint > max_bytes AS heavy, bytes, max_bytes AS limit
      FROM tenants, LATERAL (
        SELECT count(*), coalesce(sum(bytes), 0)::bigint AS bytes
        FROM (SELECT bytes FROM executions WHERE state IN ('queued', 'running', 'waiting') LIMIT most_executions) AS unfinished
      ) AS counted
      WHERE id = current_tenant()`,
    values: [size],
  });
  return rows[0] ?? { full: false, heavy: false, bytes: 0, limit: 0 };
}
