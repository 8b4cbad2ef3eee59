import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Client } from "pg";
import { portOfServer } from "../services/shared/runtime/probes.ts";
import { startStack, type Stack, until } from "../test/services/stack.ts";
import { cpuSeconds, parentOf, treeSeconds } from "./processes.ts";
import { format } from "./timing.ts";

const CONCURRENCY = 64;
const TOKENS = 8;

interface Cost {
  /** Seconds of the worker's CPU, and of all of Postgres. */
  readonly worker: number;
  readonly postgres: number;
  /** Bytes of Postgres' log. */
  readonly wal: number;
}

/**
 * What an execution costs, beside a job of graphile-worker that does the same: it asks the same model, and stores the answer piece by piece
 * in numbered events. Neither is accepted over HTTP here.
 */
export async function benchExecutions(count: number): Promise<void> {
  console.log(`executions: CPU and WAL of one, of ${count} that run ${CONCURRENCY} at once`);
  const stack = await startStack({
    workers: 0,
    concurrency: CONCURRENCY,
    simulator: { firstTokenMilliseconds: 1, tokenMilliseconds: 1, atOnce: CONCURRENCY },
  });
  try {
    const peer = await measurePeer(stack, count);
    const own = await measureOwn(stack, count);
    const line = (name: string, of: (cost: Cost) => number, unit: string): void => {
      const [ours, theirs] = [of(own) / count, of(peer) / count];
      console.log(
        `${format(ours)} ${format(theirs)}  ${unit} of ${name}, beside graphile-worker's: ${(ours / theirs).toFixed(2)} times, to be under 3`,
      );
    };
    line("the worker's CPU", ({ worker }) => worker * 1_000, "ms");
    line("Postgres' CPU", ({ postgres }) => postgres * 1_000, "ms");
    line("both", ({ worker, postgres }) => (worker + postgres) * 1_000, "ms");
    line("WAL", ({ wal }) => wal / 1_024, "KiB");
  } finally {
    await stack.stop();
  }
}

async function measureOwn(stack: Stack, count: number): Promise<Cost> {
  const tenant = await stack.tenant("bench");
  const prompt = await tenant.prompt("echo", { parameters: { max_tokens: TOKENS } });
  const worker = await stack.platform.startWorker("bench");
  const client = await connect(stack.platform.databaseUrl);
  try {
    return await measure(client, worker.pid, {
      start: () =>
        client.query(
          `INSERT INTO executions (tenant_id, prompt_id, prompt_version, model, messages, parameters, deadline_at)
          SELECT tenant_id, prompt_id, version, model, jsonb_build_array(jsonb_build_object('role', 'user', 'content', 'hello ' || number)),
            parameters, now() + interval '1 hour'
          FROM prompt_versions, generate_series(1, $2::int) AS number WHERE prompt_id = $1`,
          [prompt, count],
        ),
      left: "SELECT count(*)::int AS left FROM executions WHERE state <> 'succeeded'",
    });
  } finally {
    await client.end();
    await worker.stop();
  }
}

async function measurePeer(stack: Stack, count: number): Promise<Cost> {
  const admin = await connect(stack.platform.databaseUrl);
  await admin.query("CREATE DATABASE peer");
  await admin.end();
  const url = stack.platform.postgres.url("peer");
  const model = `http://127.0.0.1:${portOfServer(stack.simulator.server)}/v1`;
  const script = join(import.meta.dirname, "graphile-peer.ts");
  const args = ["--import", import.meta.resolve("tsx"), script, url, model, String(CONCURRENCY), String(TOKENS)];
  const peer = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const client = await connect(url);
  try {
    await once(peer.stdout, "data");
    return await measure(client, peer.pid ?? 0, {
      start: () =>
        client.query(
          `SELECT graphile_worker.add_job('execute', json_build_object('content', 'hello ' || number))
          FROM generate_series(1, $1::int) AS number`,
          [count],
        ),
      left: `SELECT ${count} - count(*)::int AS left FROM answers`,
    });
  } finally {
    await client.end();
    peer.kill();
    await once(peer, "exit");
  }
}

/** What work costs from its start until none of it is left. */
async function measure(
  client: Client,
  worker: number,
  { start, left }: { readonly start: () => Promise<unknown>; readonly left: string },
): Promise<Cost> {
  const written = async (): Promise<number> =>
    (await client.query<{ bytes: number }>("SELECT (pg_current_wal_lsn() - '0/0')::bigint AS bytes")).rows[0]?.bytes ??
    0;
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const postgres = parentOf(rows[0]?.pid ?? 0);
  const taken = async (): Promise<Cost> => ({
    ...{ worker: cpuSeconds(worker), postgres: treeSeconds(postgres), wal: await written() },
  });
  // So that both begin with pages that the log has in whole.
  await client.query("CHECKPOINT");
  const before = await taken();
  await start();
  await until(
    "all of them to end",
    async () => (await client.query<{ left: number }>(left)).rows[0]?.left === 0 || undefined,
    600,
  );
  const after = await taken();
  return {
    worker: after.worker - before.worker,
    postgres: after.postgres - before.postgres,
    wal: after.wal - before.wal,
  };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}
