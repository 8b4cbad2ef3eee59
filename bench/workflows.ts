import { Client } from "pg";
import { startStack, type Tenant, until } from "../test/services/stack.ts";
import { format } from "./timing.ts";

const NODES = 3;
const SENDERS = 32;
const graph = {
  nodes: Array.from({ length: NODES }, (_, index) => ({
    ...{ name: `node_${index}`, type: "prompt", prompt: "echo", variables: { text: "inputs.text" } },
    after: index === 0 ? [] : [`node_${index - 1}`],
  })),
  output: `nodes.node_${NODES - 1}.output`,
};

/** Workflows of three prompts in a row, beside as many prompts that are executed alone. */
export async function benchWorkflows(count: number): Promise<void> {
  console.log(`workflows: prompts a second, ${count} workflows of ${NODES} in a row, two workers`);
  const stack = await startStack({ workers: 2, concurrency: 256, simulator: { atOnce: 256 } });
  const database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
  try {
    const tenant = await stack.tenant("bench");
    const prompt = await tenant.prompt("echo", { parameters: { max_tokens: 8 } });
    const { status, body } = await tenant.call<{ id: string }>("POST", "/workflows", { name: "three", graph });
    if (status !== 201) throw new Error(`The workflow was refused: ${JSON.stringify(body)}`);
    const alone = await rate(database, count * NODES, async (index) => {
      await tenant.execute(prompt, `alone ${index}`);
    });
    const inWorkflows = await rate(database, count, (index) => start(tenant, body.id, `workflow ${index}`));
    console.log(`${format(alone)}  executed alone`);
    console.log(`${format(inWorkflows * NODES)}  in workflows: ${((inWorkflows * NODES) / alone).toFixed(2)} of that`);
  } finally {
    await database.end();
    await stack.stop();
  }
}

async function start(tenant: Tenant, workflow: string, text: string): Promise<void> {
  const { status, body } = await tenant.call<{ id: string }>("POST", `/workflows/${workflow}/execute`, {
    inputs: { text },
  });
  if (status !== 202) throw new Error(`A workflow was refused: ${JSON.stringify(body)}`);
}

/** What ends a second, from the first that is sent to the last that ends. */
async function rate(database: Client, count: number, execute: (index: number) => Promise<void>): Promise<number> {
  const began = performance.now();
  let sent = 0;
  const send = async (): Promise<void> => {
    while (sent < count) await execute(sent++);
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
  await until(
    "all of them to end",
    async () => {
      const { rows } = await database.query<{ left: number; lost: number }>(
        `SELECT count(*) FILTER (WHERE state <> 'succeeded')::int AS left,
          count(*) FILTER (WHERE state = 'failed' OR losses > 0)::int AS lost FROM executions`,
      );
      if (rows[0]?.lost !== 0) throw new Error(`${rows[0]?.lost} executions failed, or were restarted.`);
      return rows[0].left === 0 || undefined;
    },
    600,
  );
  return (count * 1_000) / (performance.now() - began);
}
