import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decide, type Decision } from "../../services/api/nodes.ts";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import { sweep } from "../../services/shared/executions/sweep.ts";
import { modelsByName } from "../../services/shared/models/by-name.ts";
import { type Suspension, suspendWorkflow, WORKFLOWS } from "../../services/shared/workflows/queue.ts";
import { runWorkflow } from "../../services/worker/workflows/run-workflow.ts";
import { type ExecutionDatabase, roomFor, startExecutionDatabase } from "../services/execution-database.ts";
import { modelWith } from "../services/model-with.ts";
import { queueWorkflow } from "../services/queue-workflow.ts";

let database: ExecutionDatabase;
let tenant: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
  tenant = await database.tenant("one");
});
beforeEach(async () => {
  // Nothing else is queued: what a worker takes is the test's own.
  await database.rows("DELETE FROM leases");
  await database.rows("DELETE FROM executions");
});
afterAll(async () => {
  await database.stop();
});

const approval = { name: "agreed", type: "approval", after: [], onFailure: "fail" };
const wait = { name: "pause", type: "wait", after: [], seconds: 3_600 };
const map = (onFailure: string): { readonly name: string } => ({
  ...{
    name: "each",
    type: "map",
    over: "[1, 2]",
    prompt: "echo",
    variables: {},
    after: [],
    onFailure,
    timeoutSeconds: 60,
  },
});

/** Takes a workflow as far as it goes, and leaves it there. */
async function begin(...nodes: { readonly name: string }[]): Promise<string> {
  await queueWorkflow(database, tenant, nodes);
  return goOn();
}

async function goOn(): Promise<string> {
  const { leases } = await takeLeases(database.worker, WORKFLOWS, roomFor(1));
  const lease = leases[0] as Lease;
  const { outcome } = await runWorkflow(lease, {
    ...{ database: database.worker, log: database.log, modelOf: modelsByName({ models: [modelWith()] }) },
    onStarted: () => undefined,
  });
  await suspendWorkflow(database.worker, lease, outcome as Suspension);
  return lease.id;
}

const stateOf = async (id: string): Promise<unknown> =>
  (await database.rows<{ state: string }>("SELECT state FROM executions WHERE id = $1", [id]))[0]?.state;

describe("a decision about a node", () => {
  const decideAbout = (execution: string, node: string, decision: Decision): Promise<number> =>
    database.api.asTenant(tenant, (client) =>
      decide(client, { execution, node, decision, comment: undefined, by: "00000000-0000-4000-8000-000000000000" }),
    );

  test("is taken once, also before a worker has seen it", async () => {
    const id = await begin(approval);
    await decideAbout(id, "agreed", "approve");
    await expect(decideAbout(id, "agreed", "reject")).rejects.toMatchObject({ code: "node_not_waiting" });
  });

  test("is not taken about one that waits for a time", async () => {
    const id = await begin(wait);
    await expect(decideAbout(id, "pause", "approve")).rejects.toMatchObject({ code: "node_not_waiting" });
  });
});

test("a workflow that waits for a person ends at its deadline", async () => {
  const id = await begin(approval);
  expect(await stateOf(id)).toBe("waiting");
  await database.rows("UPDATE executions SET deadline_at = now() - interval '1 s' WHERE id = $1", [id]);
  await sweep(database.worker);
  expect(await stateOf(id)).toBe("failed");
});

test.each([
  ["fail", "failed"],
  ["pause", "executing"],
])("a map that is to %s is %s when the first of its prompts fails", async (onFailure, state) => {
  const id = await begin(map(onFailure));
  await database.rows(
    `UPDATE executions SET state = 'failed', finished_at = now(), error = '{"code": "c", "message": "m"}'
    WHERE parent_id = $1 AND item = 0`,
    [id],
  );
  await goOn();
  expect(await database.rows("SELECT state FROM workflow_nodes WHERE execution_id = $1", [id])).toEqual([{ state }]);
});
