import { setTimeout } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerTo } from "../../services/model-simulator/words.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";
import { workersOf } from "./workers.ts";

const TOKENS = 32;
const LONG = 1_000;
const KILLS = 6;
/** Events, as many as there are. */
const ALL = 2 ** 31 - 1;
const MILLISECONDS_BETWEEN_EXECUTIONS = 80;

let stack: Stack;
let tenant: Tenant;
let prompt: string;
beforeAll(async () => {
  stack = await startStack({ workers: 0, simulator: { firstTokenMilliseconds: 50, tokenMilliseconds: 20 } });
  tenant = await stack.tenant("one");
  prompt = await tenant.prompt("echo");
});
afterAll(async () => {
  await stack.stop();
});

const startWorker = workersOf(() => stack);

interface Counted {
  readonly state: string;
  readonly text: string | null;
  readonly output: string;
  readonly gaps: number;
  readonly ends: number;
  readonly attempt: number;
  readonly losses: number;
}

/** What the rows say of executions: their output beside the pieces of the last attempt, and the numbering of all events. */
async function count(ids: readonly string[]): Promise<Counted[]> {
  const client = new Client({ connectionString: stack.platform.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Counted>(
      `SELECT state, output, attempt, losses,
        (SELECT string_agg(data->>'text', '' ORDER BY seq) FROM execution_events_after(x.accepted_on, x.id, 0, ${ALL}) AS e
          WHERE e.attempt = x.attempt AND type = 'token_chunk') AS text,
        (SELECT (max(seq) - count(*))::int FROM execution_events_after(x.accepted_on, x.id, 0, ${ALL})) AS gaps,
        (SELECT count(*)::int FROM execution_events_after(x.accepted_on, x.id, 0, ${ALL})
          WHERE type IN ('job_complete', 'job_failed', 'job_cancelled')) AS ends
      FROM executions x WHERE id = ANY($1)`,
      [ids],
    );
    return rows;
  } finally {
    await client.end();
  }
}

const allEnded = (ids: readonly string[]): Promise<Counted[]> =>
  until(
    "every execution to end",
    async () => {
      const counted = await count(ids);
      return counted.every(({ state }) => !["queued", "running"].includes(state)) ? counted : undefined;
    },
    150,
  );

describe("workers that are killed in the middle of their work", () => {
  test("lose nothing: each execution is finished once, each piece is there once", async () => {
    const workers = [await startWorker("worker-0"), await startWorker("worker-1")];
    const ids: string[] = [];
    const killed = new AbortController();
    // Executions keep coming until the last kill, however long a worker takes to start.
    const accepting = (async (): Promise<void> => {
      while (!killed.signal.aborted) {
        ids.push(await tenant.execute(prompt, `load ${ids.length}`));
        await setTimeout(MILLISECONDS_BETWEEN_EXECUTIONS);
      }
    })();
    for (let kill = 0; kill < KILLS; kill++) {
      // At a moment that nobody chose: whatever a worker is doing then.
      await setTimeout(100 + ((kill * 397) % 600));
      await workers[kill]?.kill();
      workers.push(await startWorker(`worker-${kill + 2}`));
    }
    killed.abort();
    await accepting;
    const counted = await allEnded(ids);
    expect(counted).toHaveLength(ids.length);
    expect(counted.filter(({ state }) => state !== "succeeded")).toEqual([]);
    expect(counted.filter(({ text, output }) => text !== output)).toEqual([]);
    expect(counted.filter(({ gaps, ends }) => gaps !== 0 || ends !== 1)).toEqual([]);
    const answers = ids.map((_, index) => answerTo(`user: load ${index}`, TOKENS).join(""));
    expect(counted.map(({ output }) => output).toSorted()).toEqual(answers.toSorted());
    // The kills hit something, or this would say nothing.
    expect(counted.some(({ attempt }) => attempt > 1)).toBe(true);
  });
});

describe("a worker that freezes for longer than its lease, and comes back", () => {
  test("writes nothing any more: what another has taken over is the other's", async () => {
    const frozen = await startWorker("frozen");
    // So long that it has all of them in hand before it has ended one, also on a busy machine.
    const long = await tenant.prompt("long", { parameters: { max_tokens: LONG } });
    const ids = await Promise.all(Array.from({ length: 10 }, (_, index) => tenant.execute(long, `frozen ${index}`)));
    await until("the worker to stream all of them", async () => {
      const counted = await count(ids);
      return counted.every(({ state, text }) => state === "running" && text !== null) || undefined;
    });
    process.kill(frozen.pid, "SIGSTOP");
    await startWorker("other");
    await until("the other to have taken all of them", async () => {
      const counted = await count(ids);
      return counted.every(({ attempt }) => attempt === 2) || undefined;
    });
    // In the middle of the other's streams, with the rest of its own still to read.
    process.kill(frozen.pid, "SIGCONT");
    const counted = await allEnded(ids);
    expect(counted.every(({ state, attempt }) => state === "succeeded" && attempt === 2)).toBe(true);
    expect(counted.filter(({ text, output, gaps, ends }) => text !== output || gaps !== 0 || ends !== 1)).toEqual([]);
    expect(counted.map(({ output }) => output).toSorted()).toEqual(
      ids.map((_, index) => answerTo(`user: frozen ${index}`, LONG).join("")).toSorted(),
    );
  });
});

describe("a worker that is told to stop", () => {
  test("finishes what it has in hand, takes no more, and ends with 0", async () => {
    const worker = await startWorker("drained");
    const id = await tenant.execute(prompt, "drain");
    await tenant.follow(id, 0, ({ type }) => type === "token_chunk");
    const stopping = worker.stop();
    await until("the worker to be told", () =>
      Promise.resolve(
        stack.lines.some(({ service, line }) => service === "drained" && line.includes('"msg":"draining"')) ||
          undefined,
      ),
    );
    const waiting = await tenant.execute(prompt, "too late");
    expect(await stopping).toBe(0);
    const [first, second] = [
      await tenant.call("GET", `/executions/${id}`),
      await tenant.call("GET", `/executions/${waiting}`),
    ];
    expect(first.body).toMatchObject({ state: "succeeded", attempt: 1 });
    expect(second.body).toMatchObject({ state: "queued", attempt: 0 });
  });
});

describe("Postgres that stops and comes back", () => {
  test("loses nothing either", async () => {
    await startWorker("patient");
    const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => tenant.execute(prompt, `outage ${index}`)));
    const following = ids.slice(0, 3).map((id) => tenant.follow(id));
    await setTimeout(300);
    await stack.platform.postgres.pause();
    await setTimeout(1_000);
    await stack.platform.postgres.resume();
    const counted = await allEnded(ids);
    expect(
      counted.every(
        ({ state, text, output, gaps, ends }) => state === "succeeded" && text === output && gaps === 0 && ends === 1,
      ),
    ).toBe(true);
    for (const events of await Promise.all(following)) {
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.at(-1)?.type).toBe("job_complete");
    }
  });
});

describe("Postgres that is away for longer than a lease", () => {
  test("counts no worker as lost", async () => {
    await Promise.all([startWorker("away-1"), startWorker("away-2")]);
    const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => tenant.execute(prompt, `away ${index}`)));
    await tenant.follow(ids[0] ?? "", 0, ({ type }) => type === "token_chunk");
    await stack.platform.postgres.pause();
    await setTimeout(12_000);
    await stack.platform.postgres.resume();
    const counted = await allEnded(ids);
    expect(counted.filter(({ state, text, output }) => state !== "succeeded" || text !== output)).toEqual([]);
    expect(counted.filter(({ losses }) => losses !== 0)).toEqual([]);
  });
});

describe("the limit of an endpoint", () => {
  test("holds over all workers together", async () => {
    const narrow = await startStack({
      workers: 2,
      concurrency: 3,
      simulator: { firstTokenMilliseconds: 30, tokenMilliseconds: 3 },
    });
    try {
      const own = await narrow.tenant("one");
      const echo = await own.prompt("echo");
      let most = 0;
      const watching = setInterval(() => {
        void narrow.simulator.inject("/metrics").then(({ body }) => {
          most = Math.max(most, Number(/^vllm:num_requests_running\{[^}]*\} (\d+)/m.exec(body)?.[1] ?? 0));
        });
      }, 5);
      const ids = await Promise.all(Array.from({ length: 24 }, (_, index) => own.execute(echo, String(index))));
      for (const id of ids) expect((await own.follow(id)).at(-1)?.type).toBe("job_complete");
      clearInterval(watching);
      expect(most).toBe(3);
    } finally {
      await narrow.stop();
    }
  });
});
