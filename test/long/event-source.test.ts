import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStack, type Stack, type Tenant } from "../services/stack.ts";

let stack: Stack;
let tenant: Tenant;
let prompt: string;
beforeAll(async () => {
  stack = await startStack({ simulator: { firstTokenMilliseconds: 20, tokenMilliseconds: 20 } });
  tenant = await stack.tenant("one");
  prompt = await tenant.prompt("echo");
});
afterAll(async () => {
  await stack.stop();
});

interface Received {
  readonly id: number;
  readonly type: string;
  readonly data: { readonly seq: number; readonly type: string };
}

const ask = (execution: string, headers: Record<string, string> = {}, query = ""): Promise<Response> =>
  fetch(`${stack.url}/executions/${execution}/stream${query}`, {
    headers: { authorization: `Bearer ${tenant.key}`, accept: "text/event-stream", ...headers },
  });

/** The events of an answer. */
const read = async (response: Response): Promise<Received[]> =>
  (await response.text())
    .split("\n\n")
    .filter((block) => block.startsWith("id:"))
    .map((block) => {
      const of = (field: string): string => new RegExp(`^${field}: (.*)$`, "m").exec(block)?.[1] ?? "";
      return { id: Number(of("id")), type: of("event"), data: JSON.parse(of("data")) as Received["data"] };
    });

describe("server-sent events of an execution", () => {
  test("are those of its WebSocket, from before they happen until the last", async () => {
    const id = await tenant.execute(prompt, "hello");
    const response = await ask(id);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const events = await read(response);
    expect(events.map(({ data }) => data)).toEqual(await tenant.follow(id));
    expect(events.map(({ id: number, type }) => [number, type])).toEqual(
      events.map(({ data }) => [data.seq, data.type]),
    );
    expect(events.at(-1)?.type).toBe("job_complete");
  });

  test("go on behind the last one that a client has seen, by header before URL", async () => {
    const id = await tenant.execute(prompt, "resumed");
    const all = await read(await ask(id));
    expect(await read(await ask(id, { "last-event-id": "3" }))).toEqual(all.slice(3));
    expect(await read(await ask(id, {}, "?after=4"))).toEqual(all.slice(4));
    expect(await read(await ask(id, { "last-event-id": "5" }, "?after=1"))).toEqual(all.slice(5));
    expect(await read(await ask(id, { "last-event-id": "x" }, "?after=6"))).toEqual(all.slice(6));
  });

  test("are over with 204 for who has seen the last, so that a browser stops asking", async () => {
    const id = await tenant.execute(prompt, "over");
    const last = (await read(await ask(id))).at(-1)?.id;
    const response = await ask(id, { "last-event-id": String(last) });
    expect([response.status, await response.text()]).toEqual([204, ""]);
  });

  test("are not compressed, nor kept by a cache", async () => {
    const { headers, body } = await ask(await tenant.execute(prompt, "plain"), { "accept-encoding": "gzip" });
    await body?.cancel();
    expect([headers.get("content-encoding"), headers.get("cache-control")]).toEqual([null, "no-store"]);
  });

  test.each([
    ["application/json", 426],
    ["text/html, text/event-stream;q=0.9", 200],
    ["text/event-streams", 426],
  ])("are sent for '%s' with %i", async (accept, status) => {
    const response = await ask(await tenant.execute(prompt, "asked"), { accept });
    await response.body?.cancel();
    expect(response.status).toBe(status);
  });
});

describe("a browser, which sends no header of its own,", () => {
  test("shows its token in the address, and may show no key there", async () => {
    const id = await tenant.execute(prompt, "in a page");
    const { body: session } = await tenant.call("POST", "/tokens");
    const get = (credential: string, accept: string): Promise<Response> =>
      fetch(`${stack.url}/executions/${id}/stream?access_token=${credential}`, { headers: { accept } });
    const events = await read(await get(session.token, "text/event-stream"));
    expect(events.at(-1)?.type).toBe("job_complete");
    expect((await get(tenant.key, "text/event-stream")).status).toBe(401);
    expect((await get(session.token, "application/json")).status).toBe(401);
  });
});

describe("a client that leaves", () => {
  test("gives its place back, of a thousand", async () => {
    const id = await tenant.execute(await tenant.prompt("places", { parameters: { max_tokens: 4_000 } }), "places");
    for (let round = 0; round < 51; round++) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(id)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      for (const { body } of answers) await body?.cancel();
    }
    await tenant.call("POST", `/executions/${id}/cancel`);
  });
});

test("a stream is timed by its first byte, however long it lasts", async () => {
  const seconds = async (): Promise<number> => {
    const metrics = `http://127.0.0.1:${stack.api.ports["metrics"] ?? 0}/metrics`;
    const text = await (await fetch(metrics)).text();
    const route = String.raw`method="GET",route="/executions/:id/stream"`;
    return Number(new RegExp(`^http_request_duration_seconds_sum\\{${route}\\} (\\S+)$`, "m").exec(text)?.[1] ?? NaN);
  };
  const long = await tenant.prompt("timed", { parameters: { max_tokens: 200 } });
  const id = await tenant.execute(long, "timed");
  await (await ask(id, { "last-event-id": "1" })).body?.cancel();
  const before = await seconds();
  const began = performance.now();
  expect((await read(await ask(id))).at(-1)?.type).toBe("job_complete");
  const lasted = (performance.now() - began) / 1_000;
  expect((await seconds()) - before).toBeLessThan(lasted / 2);
});

test("a replica that stops ends them, and the client comes back for the rest", async () => {
  const long = await tenant.prompt("stopped", { parameters: { max_tokens: 200 } });
  const api = await stack.platform.startApi();
  const url = `http://127.0.0.1:${api.ports["http"] ?? 0}`;
  const id = await tenant.execute(long, "stopped");
  const headers = { authorization: `Bearer ${tenant.key}`, accept: "text/event-stream" };
  const response = await fetch(`${url}/executions/${id}/stream`, { headers });
  const stopping = api.stop();
  const first = await read(response);
  expect(await stopping).toBe(0);
  expect(first.at(-1)?.type).not.toBe("job_complete");
  const rest = await read(await ask(id, { "last-event-id": String(first.at(-1)?.id ?? 0) }));
  expect([...first, ...rest].map(({ id: number }) => number)).toEqual(
    Array.from({ length: first.length + rest.length }, (_, index) => index + 1),
  );
  expect(rest.at(-1)?.type).toBe("job_complete");
});
