import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import type { Pool, PoolClient } from "pg";
import type { Database } from "../../shared/database/pool.ts";
import { type Lease, LEASE_SECONDS } from "../../shared/executions/lease.ts";
import { LeaseLost } from "../interruptions.ts";

/**
 * LangGraph's own checkpointer, with a fence that it lacks: each of its transactions first renews the lease, and throws LeaseLost when
 * another worker holds the execution, or none does. So of two runs of one thread, the later one's checkpoints count.
 */
export function fencedSaver(database: Database, lease: Pick<Lease, "id" | "attempt">): PostgresSaver {
  const pool = {
    connect: async () => fence(await database.pool.connect(), lease),
    query: (text: string, values?: unknown[]) => database.pool.query(text, values),
  };
  // The saver uses nothing else of a pool.
  return new PostgresSaver(pool as unknown as Pool);
}

function fence(
  client: PoolClient,
  { id, attempt }: Pick<Lease, "id" | "attempt">,
): Pick<PoolClient, "query" | "release"> {
  let broken: Error | undefined;
  // Between two queries nothing else listens, and an error that is not heard ends the process.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on("error", onError);
  const query = async (text: string, values?: unknown[]): Promise<unknown> => {
    const result = await client.query(text, values);
    if (text !== "BEGIN") return result;
    const { rowCount } = await client.query({
      name: "fence-checkpoint",
      text: `UPDATE leases SET expires_at = now() + make_interval(secs => $3) WHERE execution_id = $1 AND attempt = $2`,
      values: [id, attempt, LEASE_SECONDS],
    });
    if (rowCount === 0) throw new LeaseLost();
    return result;
  };
  return {
    query: query as PoolClient["query"],
    release: () => {
      client.off("error", onError);
      client.release(broken);
    },
  };
}
