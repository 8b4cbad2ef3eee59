import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { MAX_STREAMS } from "../../services/api/open-streams.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";

let stack: Stack;
let one: Tenant;
let prompt: string;
let database: Client;
beforeAll(async () => {
  stack = await startStack();
  one = await stack.tenant("one");
  prompt = await one.prompt("echo");
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await stack.stop();
});

const open = (tenant: Tenant, execution: string, after = 0): WebSocket =>
  new WebSocket(`${stack.url.replace("http", "ws")}/executions/${execution}/stream?after=${after}`, {
    headers: { authorization: `Bearer ${tenant.key}` },
  });
const closed = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once("close", resolve));
/** The status of the answer to a request to become a WebSocket; 101 when it did. */
const answered = (socket: WebSocket): Promise<number> =>
  new Promise((resolve, reject) => {
    socket.once("open", () => resolve(101));
    socket.once("unexpected-response", (_, { statusCode = 0 }) => resolve(statusCode));
    socket.once("error", reject);
  });

/** An execution that was cancelled, with so many events after that one. */
async function withEvents(tenant: Tenant, count: number): Promise<string> {
  const id = await tenant.execute(await tenant.prompt(`with-${count}-events`), "x");
  await tenant.call("POST", `/executions/${id}/cancel`);
  await database.query(
    `INSERT INTO execution_events
      SELECT (jsonb_populate_record(event, jsonb_build_object(
        'seq', seq + number, 'type', 'token_chunk', 'data', jsonb_build_object('text', repeat('x', 100))))).*
      FROM execution_events AS event, generate_series(1, $2 - seq) AS number
      WHERE execution_id = $1 AND type = 'job_cancelled'`,
    [id, count],
  );
  return id;
}

describe("a stream", () => {
  test("that is asked for after the last event closes, also from beyond it, and while it runs the end is not missed", async () => {
    const id = await one.execute(prompt, "ended");
    const last = (await one.follow(id)).at(-1)?.seq ?? 0;
    expect(last).toBeGreaterThan(0);
    expect(await one.follow(id, last)).toEqual([]);
    expect(await one.follow(id, last + 1_000)).toEqual([]);
    await stack.fault({ kind: "slow_first_token", seconds: 600 });
    const running = await one.execute(prompt, "running");
    const socket = open(one, running, 1_000_000);
    expect(await answered(socket)).toBe(101);
    await one.call("POST", `/executions/${running}/cancel`);
    expect(await closed(socket)).toBe(1000);
    // It may have ended before the model was asked, and left the fault to the next one.
    await stack.simulator.inject({ method: "DELETE", url: "/faults" });
  });

  test("brings 100,000 missed events in order, while others are served", async () => {
    const many = 100_000;
    const behind = await withEvents(one, many);
    let received = 0;
    const socket = open(one, behind);
    const inOrder = new Promise<boolean>((resolve) => {
      socket.on("message", (data: Buffer) => {
        const { seq } = JSON.parse(data.toString()) as { seq: number };
        if (seq !== received + 1) resolve(false);
        received = seq;
        if (received === many) resolve(true);
      });
    });
    await until("it to begin", () => Promise.resolve(received > 0 || undefined));
    const events = await one.follow(await one.execute(prompt, "meanwhile"));
    expect(events.at(-1)?.type).toBe("job_complete");
    expect(received).toBeLessThan(many);
    expect(await inOrder).toBe(true);
    socket.terminate();
  });

  test("whose client pauses goes on in order when it reads again, and others are served meanwhile", async () => {
    const slow = await stack.tenant("slow");
    const id = await withEvents(slow, 50_000);
    const socket = open(slow, id);
    let last = 0;
    const inOrder = new Promise<boolean>((resolve) => {
      socket.on("message", (data: Buffer) => {
        const { seq } = JSON.parse(data.toString()) as { seq: number };
        if (seq !== last + 1) resolve(false);
        last = seq;
        if (last === 50_000) resolve(true);
      });
    });
    expect(await answered(socket)).toBe(101);
    (socket as unknown as { _socket: { pause(): void } })._socket.pause();
    expect((await one.follow(await one.execute(prompt, "beside"))).at(-1)?.type).toBe("job_complete");
    (socket as unknown as { _socket: { resume(): void } })._socket.resume();
    expect(await inOrder).toBe(true);
    socket.terminate();
  });
});

test("a tenant with as many streams as it may have gets 429 before the upgrade, others do not, and a closed one makes room", async () => {
  await stack.fault({ kind: "slow_first_token", seconds: 600 });
  const many = await stack.tenant("many");
  const id = await many.execute(await many.prompt("echo"), "x");
  const sockets: WebSocket[] = [];
  while (sockets.length < MAX_STREAMS) {
    const next = Array.from({ length: 50 }, () => open(many, id));
    expect(new Set(await Promise.all(next.map(answered)))).toEqual(new Set([101]));
    sockets.push(...next);
  }
  expect(await answered(open(many, id))).toBe(429);
  const chat = { model: "simulated", messages: [{ role: "user", content: "x" }] };
  const refused = await many.call("POST", "/v1/chat/completions", chat);
  expect([refused.status, refused.body.error.code]).toEqual([429, "too_many_streams"]);
  const others = open(one, await one.execute(prompt, "x"));
  expect(await answered(others)).toBe(101);
  others.terminate();
  sockets.pop()?.terminate();
  await until("a place", async () => {
    const socket = open(many, id);
    sockets.push(socket);
    return (await answered(socket)) === 101 ? true : undefined;
  });
  for (const socket of sockets) socket.terminate();
});

test("an export is one of four that a tenant may read at once, of whichever kind", async () => {
  const [owner, other] = [await stack.tenant("many-exports"), await stack.tenant("other-exports")];
  const exported = async ({ key }: Tenant, path: string): Promise<number> => {
    const answer = await fetch(`${stack.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    await answer.text();
    return answer.status;
  };
  const paths = ["/audit/export", "/usage/export", "/organization/export", "/audit/export"];
  // They wait until they are recorded.
  await database.query("BEGIN; LOCK TABLE audit_events IN SHARE MODE");
  const reading = Promise.all(paths.map((path) => exported(owner, path)));
  await until("all four to wait", async () => {
    const waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'audit_events'::regclass";
    return (await database.query(waiting)).rowCount === paths.length ? true : undefined;
  });
  const fifth = await owner.call("GET", "/usage/export");
  const ofOther = exported(other, "/audit/export");
  await database.query("ROLLBACK");
  expect([fifth.status, fifth.body.code]).toEqual([429, "too_many_streams"]);
  expect([...(await reading), await ofOther]).toEqual(Array(5).fill(200));
  expect(await exported(owner, "/usage/export")).toBe(200);
});
