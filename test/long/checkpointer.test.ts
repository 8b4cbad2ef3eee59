import { randomUUID } from "node:crypto";
import { validate } from "@langchain/langgraph-checkpoint-validation";
import { fencedSaver } from "../../services/worker/workflows/fenced-saver.ts";
import { type ExecutionDatabase, startExecutionDatabase } from "../services/execution-database.ts";

let database: ExecutionDatabase;

/** LangGraph's own conformance suite for checkpointers, on ours under a lease that holds. */
validate({
  checkpointerName: "the fenced checkpointer",
  beforeAllTimeout: 120_000,
  beforeAll: async () => {
    database = await startExecutionDatabase();
  },
  afterAll: async () => {
    await database.stop();
  },
  createCheckpointer: async () => {
    await database.rows("TRUNCATE checkpoints, checkpoint_blobs, checkpoint_writes");
    const tenant = await database.tenant(randomUUID());
    const [id = ""] = await database.queue(tenant, 1);
    await database.rows(
      `INSERT INTO leases (execution_id, tenant_id, model, accepted_on, attempt, last_seq, worker, expires_at)
      SELECT id, tenant_id, model, accepted_on, 1, 0, gen_random_uuid(), now() + interval '10 s' FROM executions WHERE id = $1`,
      [id],
    );
    return fencedSaver(database.worker, { id, attempt: 1 });
  },
});
