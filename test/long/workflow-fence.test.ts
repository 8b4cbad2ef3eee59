import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import { sweep } from "../../services/shared/executions/sweep.ts";
import { suspendWorkflow, WORKFLOWS } from "../../services/shared/workflows/queue.ts";
import { LeaseLost } from "../../services/worker/interruptions.ts";
import { compileWorkflow } from "../../services/worker/workflows/compile.ts";
import { fencedSaver } from "../../services/worker/workflows/fenced-saver.ts";
import { NodeStore } from "../../services/worker/workflows/node-store.ts";
import { runWorkflow } from "../../services/worker/workflows/run-workflow.ts";
import { type ExecutionDatabase, roomFor, startExecutionDatabase } from "../services/execution-database.ts";
import { until } from "../services/stack.ts";
import { modelsByName } from "../../services/shared/models/by-name.ts";
import { modelWith } from "../services/model-with.ts";
import { queueWorkflow } from "../services/queue-workflow.ts";

let database: ExecutionDatabase;
let tenant: string;
beforeAll(async () => {
  database = await startExecutionDatabase();
  tenant = await database.tenant("one");
});
afterAll(async () => {
  await database.stop();
});
// Or one that an earlier test left would be taken, once its lease has expired.
beforeEach(async () => {
  await database.rows("TRUNCATE executions, leases, turns, paces CASCADE");
});

const graph = {
  nodes: [
    { name: "a", type: "approval", after: [], onFailure: "fail" },
    { name: "b", type: "wait", after: ["a"], seconds: 0 },
  ],
} as const;

const queue = (): Promise<string> => queueWorkflow(database, tenant, graph.nodes);

async function take(): Promise<Lease> {
  const { leases } = await takeLeases(database.worker, WORKFLOWS, roomFor(1));
  return leases[0] as Lease;
}

/** Gives the execution to another worker, as if the first had not answered. */
async function takeOver({ id }: Lease): Promise<Lease> {
  // Not while a checkpoint is written: that renews the lease.
  await until("the lease to be swept", async () => {
    await database.rows("UPDATE leases SET expires_at = now() - interval '1 s' WHERE execution_id = $1", [id]);
    return (await sweep(database.worker)).some((swept) => swept.id === id) || undefined;
  });
  await database.rows("UPDATE executions SET due_at = now() WHERE id = $1", [id]);
  return take();
}

const written = async (id: string): Promise<unknown[]> => [
  await database.rows("SELECT * FROM checkpoints WHERE thread_id = $1 ORDER BY checkpoint_id", [id]),
  await database.rows("SELECT * FROM checkpoint_writes WHERE thread_id = $1 ORDER BY checkpoint_id, task_id, idx", [
    id,
  ]),
  await database.rows("SELECT * FROM workflow_nodes WHERE execution_id = $1 ORDER BY node", [id]),
  await database.rows("SELECT * FROM execution_events WHERE execution_id = $1 ORDER BY seq", [id]),
];

const options = () => ({
  database: database.worker,
  log: database.log,
  modelOf: modelsByName({ models: [modelWith()] }),
  onStarted: () => undefined,
});

describe("of two workers with one execution", () => {
  test("the one that lost its lease writes neither checkpoint nor node nor event", async () => {
    const id = await queue();
    const first = await take();
    const second = await takeOver(first);
    expect(second).toMatchObject({ id, attempt: 2 });
    const before = await written(id);
    expect((await runWorkflow(first, options())).outcome).toBeUndefined();
    await expect(
      new NodeStore(database.worker, first).write({
        node: "a",
        state: "completed",
        attempt: 1,
        event: "node_completed",
      }),
    ).rejects.toThrow(LeaseLost);
    expect(await suspendWorkflow(database.worker, first, { state: "waiting", wakes: 0 })).toBe(false);
    expect(await written(id)).toEqual(before);
    expect((await runWorkflow(second, options())).outcome).toMatchObject({ state: "waiting" });
    expect(await written(id)).not.toEqual(before);
  });

  test("the one that loses it in the middle of a node keeps no result of it", async () => {
    const id = await queue();
    const first = await take();
    let taken: Lease | undefined;
    const workflow = compileWorkflow(
      { nodes: [...graph.nodes].map((node) => ({ ...node, after: [...node.after] })) },
      fencedSaver(database.worker, first),
      {
        run: async () => {
          taken ??= await takeOver(first);
          return { state: "completed", output: null };
        },
        skip: () => Promise.resolve(),
      },
    );
    await expect(workflow.advance(id)).rejects.toThrow(LeaseLost);
    // The results of tasks are checkpointed writes.
    const [, writes] = await written(id);
    expect(writes).toEqual([]);
    expect((await runWorkflow(taken as Lease, options())).outcome).toMatchObject({ state: "waiting" });
  });
});

test("a workflow whose end was not written ends as it did, and runs no node again", async () => {
  const id = await queue();
  const lease = await take();
  await runWorkflow(lease, options());
  await database.rows("UPDATE workflow_nodes SET decision = 'approve', comment = 'yes' WHERE execution_id = $1", [id]);
  const { outcome: end } = await runWorkflow(lease, options());
  expect(end).toMatchObject({ state: "succeeded" });
  const [, , nodes, events] = await written(id);
  expect((await runWorkflow(lease, options())).outcome).toEqual(end);
  expect((await written(id)).slice(2)).toEqual([nodes, events]);
});

describe("a workflow that is woken", () => {
  test("while a worker has it is queued at once when the worker leaves it", async () => {
    const id = await queue();
    const lease = await take();
    await database.rows("SELECT wake_workflow($1)", [id]);
    await suspendWorkflow(database.worker, lease, { state: "waiting", wakes: 0 });
    expect(await take()).toMatchObject({ id, attempt: 2 });
  });

  test("while it waits is queued, and once more when it waits again", async () => {
    const id = await queue();
    await suspendWorkflow(database.worker, await take(), { state: "waiting", wakes: 0 });
    expect((await takeLeases(database.worker, WORKFLOWS, roomFor(1))).leases).toEqual([]);
    await database.rows("SELECT wake_workflow($1)", [id]);
    await suspendWorkflow(database.worker, await take(), { state: "waiting", wakes: 1 });
    const [row] = await database.rows("SELECT state, due_at = 'infinity' AS forever FROM executions WHERE id = $1", [
      id,
    ]);
    expect(row).toEqual({ state: "waiting", forever: true });
  });
});

test("the checkpoints of a workflow go with its end, whoever ends it", async () => {
  const id = await queue();
  const lease = await take();
  expect((await runWorkflow(lease, options())).outcome).toMatchObject({ state: "waiting" });
  const kept = async (): Promise<number> =>
    (await database.rows("SELECT FROM checkpoints WHERE thread_id = $1", [id])).length;
  expect(await kept()).toBeGreaterThan(0);
  await database.rows("DELETE FROM leases WHERE execution_id = $1", [id]);
  await database.api.asTenant(tenant, (client) =>
    client.query("UPDATE executions SET state = 'cancelled', finished_at = now() WHERE id = $1", [id]),
  );
  expect(await kept()).toBe(0);
  // The API itself sees none.
  await expect(database.api.asTenant(tenant, (client) => client.query("SELECT FROM checkpoints"))).rejects.toThrow(
    "permission denied",
  );
});
