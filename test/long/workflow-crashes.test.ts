import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ServiceProcess } from "../../local/service-process.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";
import { answer, echo, executeWorkflow, type Nodes, storeWorkflow } from "../services/workflow-calls.ts";

const WORKFLOWS = 60;
const KILLS = 6;

let stack: Stack;
let tenant: Tenant;
beforeAll(async () => {
  stack = await startStack({ workers: 0, simulator: { firstTokenMilliseconds: 20, tokenMilliseconds: 5 } });
  tenant = await stack.tenant("one");
  await tenant.prompt("echo");
});
afterAll(async () => {
  await stack.stop();
});

/** A branch, a map, a wait and a condition, which meet. */
const nodes: Nodes = [
  echo("first", "inputs.text"),
  { name: "each", type: "map", over: "['x', 'y', 'z']", prompt: "echo", variables: { text: "inputs.text + item" } },
  { name: "pause", type: "wait", seconds: 1, after: ["first"] },
  {
    name: "long",
    type: "condition",
    if: "size(nodes.first.output) > 10000",
    after: ["pause"],
    then: ["cut"],
    else: ["keep"],
  },
  echo("cut", "'never'"),
  echo("keep", "nodes.first.output"),
  echo("last", "nodes.keep.output + nodes.each.output[2]", { after: ["keep", "each"] }),
];
const outputOf = (text: string): string => answer(answer(answer(text)) + answer(`${text}z`));

interface Counted {
  readonly state: string;
  readonly output: string | null;
  readonly attempt: number;
  readonly gaps: number;
  readonly ends: number;
  /** Events by type and node, and how often. */
  readonly told: Readonly<Record<string, number>>;
  /** Prompts by node, item and attempt, and how often. */
  readonly children: Readonly<Record<string, number>>;
  /** What its usage says beside what its prompts used. */
  readonly usage: number;
  readonly used: number;
}

/** What the rows say of each workflow. */
async function count(ids: readonly string[]): Promise<Counted[]> {
  const client = new Client({ connectionString: stack.platform.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Counted>(
      `SELECT state, output, attempt,
        (SELECT (max(seq) - count(*))::int FROM execution_events e WHERE e.execution_id = x.id) AS gaps,
        (SELECT count(*)::int FROM execution_events e WHERE e.execution_id = x.id
          AND type IN ('job_complete', 'job_failed', 'job_cancelled')) AS ends,
        (SELECT jsonb_object_agg(told, times) FROM (
          SELECT type || ' ' || (data->>'node') AS told, count(*) AS times FROM execution_events e
          WHERE e.execution_id = x.id AND data ? 'node' GROUP BY 1) AS events) AS told,
        (SELECT jsonb_object_agg(child, times) FROM (
          SELECT node || ' ' || item || ' ' || node_attempt AS child, count(*) AS times FROM executions c
          WHERE c.parent_id = x.id GROUP BY 1) AS made) AS children,
        (usage->>'completionTokens')::int AS usage,
        (SELECT sum((c.usage->>'completionTokens')::int)::int FROM executions c WHERE c.parent_id = x.id) AS used
      FROM executions x WHERE id = ANY ($1) ORDER BY created_at`,
      [ids],
    );
    return rows;
  } finally {
    await client.end();
  }
}

test("workflows whose workers are killed end once each, with each node told of once, and each prompt executed once per attempt", async () => {
  const workers: ServiceProcess[] = [];
  const startWorker = async (): Promise<void> => {
    workers.push(await stack.platform.startWorker(`worker-${workers.length}`));
  };
  await Promise.all([startWorker(), startWorker()]);
  const workflow = await storeWorkflow(tenant, nodes, "nodes.last.output");
  const ids: string[] = [];
  const accepting = (async (): Promise<void> => {
    for (let index = 0; index < WORKFLOWS; index++) {
      ids.push(await executeWorkflow(tenant, workflow, { inputs: { text: `load ${index}` } }));
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  for (let kill = 0; kill < KILLS; kill++) {
    // At a moment that nobody chose: whatever a worker is doing then.
    await new Promise((resolve) => setTimeout(resolve, 100 + ((kill * 397) % 600)));
    await workers[workers.length - 2]?.kill();
    await startWorker();
  }
  await accepting;
  const counted = await until(
    "every workflow to end",
    async () => {
      const found = await count(ids);
      return found.every(({ state }) => !["queued", "running", "waiting"].includes(state)) ? found : undefined;
    },
    240,
  );
  expect(counted).toHaveLength(WORKFLOWS);
  expect(counted.filter(({ state }) => state !== "succeeded")).toEqual([]);
  expect(counted.map(({ output }) => output)).toEqual(ids.map((_, index) => outputOf(`load ${index}`)));
  expect(counted.filter(({ gaps, ends }) => gaps !== 0 || ends !== 1)).toEqual([]);
  const once = (names: readonly string[]): Record<string, number> => Object.fromEntries(names.map((name) => [name, 1]));
  for (const { told, children, usage, used } of counted) {
    expect(told).toEqual(
      once([
        ...["first", "each", "keep", "last"].flatMap((name) => [`node_started ${name}`, `node_completed ${name}`]),
        ...["node_waiting pause", "node_completed pause", "node_completed long", "node_skipped cut"],
      ]),
    );
    expect(children).toEqual(once(["first 0 1", "each 0 1", "each 1 1", "each 2 1", "keep 0 1", "last 0 1"]));
    expect(usage).toBe(used);
  }
  // The kills hit workers in the middle of workflows, or this would say nothing.
  const client = new Client({ connectionString: stack.platform.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ lost: number; left: number }>(
    `SELECT (SELECT count(*)::int FROM execution_events WHERE type = 'job_retrying' AND data->>'reason' = 'worker_lost') AS lost,
      (SELECT count(*)::int FROM checkpoints) + (SELECT count(*)::int FROM checkpoint_writes) AS left`,
  );
  await client.end();
  expect(rows[0]?.lost).toBeGreaterThan(0);
  expect(rows[0]?.left).toBe(0);
  await Promise.all(workers.map((worker) => worker.stop()));
});
