import { request } from "node:http";
import { connect } from "node:net";
import fastify from "fastify";
import { Client } from "pg";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compressAnswers, takesGzip } from "../../services/api/compress.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";

let stack: Stack;
let one: Tenant;
let operator: Pick<Tenant, "call">;
let prompt: string;
let database: Client;
beforeAll(async () => {
  // No worker: what is accepted stays as it was accepted.
  stack = await startStack({ workers: 0 });
  one = await stack.tenant("one");
  operator = await stack.operator();
  prompt = await one.prompt("echo");
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await stack.stop();
});

/** What the API answers to bytes on a connection, until it closes it. */
function send(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(new URL(stack.url).port), "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("close", () => {
      resolve(answer);
    });
    socket.on("error", reject);
  });
}

interface Raw {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** An answer as it comes over the wire: `fetch` decompresses it. */
const raw = (method: string, path: string, headers: Record<string, string> = {}): Promise<Raw> =>
  new Promise((resolve, reject) => {
    const sent = request(`${stack.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${one.key}`, ...headers },
    });
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    sent.on("error", reject);
    sent.end();
  });

describe("text that Postgres does not store is refused with the name of the field", () => {
  const version = {
    model: "simulated",
    messages: [{ role: "user", content: "{{a}}" }],
    variables: { a: { default: "x" } },
  };
  const graph = { nodes: [{ name: "a", type: "prompt", prompt: "echo", variables: { a: "'x'" } }], output: "'x'" };
  const ofVersion = ["model", "messages/0/role", "messages/0/content", "variables/a/default"];
  const bodies: [path: string, body: object, fields: string[]][] = [
    ["/prompts", { name: "new", ...version }, ["name", ...ofVersion]],
    ["/prompts/{id}/versions", version, ofVersion],
    ["/prompts/{id}/execute", { variables: { text: "x" } }, ["variables/text"]],
    ["/dead-letters/{id}/rerun", {}, []],
    ["/tokens/refresh", { refreshToken: "por_x" }, ["refreshToken"]],
    ["/workflows", { name: "new", graph }, ["name", "graph/nodes/0/name", "graph/nodes/0/variables/a", "graph/output"]],
    ["/workflows/{id}/versions", { graph }, ["graph/nodes/0/prompt", "graph/output"]],
    ["/workflows/{id}/execute", { inputs: { text: "x" } }, ["inputs/text"]],
    ["/datasets", { name: "new" }, ["name"]],
    [
      "/datasets/{id}/items",
      { items: [{ variables: { text: "x" }, expected: "x", tags: ["x"] }] },
      ["items/0/variables/text", "items/0/expected", "items/0/tags/0"],
    ],
    ["/evaluators", { name: "new", definition: { type: "contains", value: "x" } }, ["name", "definition/value"]],
    ["/experiments", { name: "new", candidates: [{ label: "x" }] }, ["name", "candidates/0/label"]],
    ["/executions/{id}/nodes/{node}/approve", { comment: "x" }, ["comment"]],
    ["/executions/{id}/nodes/{node}/reject", { comment: "x" }, ["comment"]],
    ["/executions/{id}/nodes/{node}/retry", {}, []],
    ["/executions/{id}/nodes/{node}/abort", {}, []],
    [
      "/custom-models",
      { name: "new", protocol: "openai", url: "https://models.example/v1", servedAs: "large", apiKey: "key" },
      ["name", "protocol", "url", "servedAs", "apiKey"],
    ],
    ["/usage/exports", { from: "2026-11-01", to: "2026-11-30", format: "csv" }, ["from", "to", "format"]],
    ["/audit/exports", { from: "2026-11-01T00:00:00Z", to: "2026-12-01T00:00:00Z" }, ["from", "to"]],
    ["/files", { name: "a.txt", contentType: "text/plain", bytes: 1 }, ["name", "contentType"]],
    [
      "/webhooks",
      { url: "https://hooks.example/x", events: ["execution.failed"], prompts: ["echo"], workflows: ["new"] },
      ["url", "description", "events/0", "prompts/0", "workflows/0"],
    ],
    ["/v1/chat/completions", { model: version.model, messages: version.messages }, ofVersion.slice(0, 3)],
    ["/users", { email: "new@example.com", role: "viewer" }, ["email", "role"]],
    ["/api-keys", { name: "new", scopes: ["prompts:read"] }, ["name", "scopes/0"]],
    [
      "/login",
      { organization: "one", email: "new@example.com", password: "a long password" },
      ["organization", "email", "password"],
    ],
    ["/invitations/accept", { invitation: "x", password: "a long password" }, ["invitation", "password"]],
    ["/admin/tenants", { name: "new", ownerEmail: "new@example.com" }, ["name", "ownerEmail"]],
    ["/admin/tenants/{id}/erase", { confirm: "x" }, ["confirm"]],
  ];
  const cases = bodies.flatMap(([path, body, fields]) => fields.map((field) => ({ path, body, field })));

  /** A copy of the body with another value at a path. */
  function changed(body: object, field: string, value: string): object {
    const copy = structuredClone(body) as Record<string, object>;
    const names = field.split("/");
    const last = names.pop() ?? "";
    const holder = names.reduce<object>((inner, name) => (inner as Record<string, object>)[name] ?? {}, copy);
    Object.assign(holder, { [last]: value });
    return copy;
  }

  test.each(cases)("$path $field", async ({ path, body, field }) => {
    for (const unstorable of ["a\0b", "\ud800", "x\udfffx"]) {
      const { body: problem } = await (path.startsWith("/admin") ? operator : one).call(
        "POST",
        path.replace("{id}", prompt).replace("{node}", "a"),
        changed(body, field, unstorable),
      );
      const rule = "must not hold the character U+0000 or half of a surrogate pair";
      if (path.startsWith("/v1/")) {
        expect(problem.error).toMatchObject({
          code: "invalid_request",
          param: field,
          message: `body/${field} ${rule}`,
        });
        continue;
      }
      expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
      expect(problem.faults).toEqual([{ path: `body/${field}`, message: rule }]);
    }
  });

  test("the bodies above have every string that the document has", async () => {
    const document = (await (await fetch(`${stack.url}/openapi.json`)).json()) as {
      paths: Record<string, { post?: { requestBody?: unknown } }>;
    };
    const taking = Object.entries(document.paths).filter(([, { post }]) => post?.requestBody !== undefined);
    expect(taking.map(([path]) => path).toSorted()).toEqual(bodies.map(([path]) => path).toSorted());
  });

  test("also in a name, a path and a query, and however deep it stands", async () => {
    const faultOf = async (path: string, body?: unknown): Promise<unknown> =>
      (await one.call(body === undefined ? "GET" : "POST", path, body)).body.faults?.[0]?.path;
    expect(await faultOf(`/prompts/${prompt}/execute`, { variables: { "a\0": "x" } })).toBe("body/variables");
    expect(await faultOf("/prompts/%00")).toBe("params/id");
    expect(await faultOf("/prompts?before=%00")).toBe("querystring/before");
    const depth = 100_000;
    const deep = `${"[".repeat(depth)}"\\u0000"${"]".repeat(depth)}`;
    expect((await one.call("POST", "/prompts", deep)).body).toMatchObject({ status: 400, code: "invalid_request" });
  });

  test("with an answer that is short, however long the paths of the fields are, also to a stranger", async () => {
    const fields = `[${Array(100).fill('"\\u0000"').join(",")}]`;
    const nested = `${"[".repeat(400_000)}${fields}${"]".repeat(400_000)}`;
    const named = `{"${"x".repeat(900_000)}":${fields}}`;
    for (const body of [nested, named]) {
      const headers = { "content-type": "application/json" };
      const text = await (await fetch(`${stack.url}/login`, { method: "POST", headers, body })).text();
      expect(text).toContain("invalid_request");
      expect(text.length).toBeLessThan(100_000);
    }
  });
});

test("of a caller's trace context, the trace alone is taken: no baggage, no state", async () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const headers = {
    traceparent: `00-${trace}-b7ad6b7169203331-01`,
    tracestate: "vendor=canary",
    baggage: "user=canary",
  };
  const { body } = await one.call("POST", `/prompts/${prompt}/execute`, { variables: { text: "x" } }, headers);
  const { rows } = await database.query("SELECT trace FROM executions WHERE id = $1", [body.id]);
  expect(rows).toEqual([
    { trace: { traceparent: expect.stringMatching(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`)) } },
  ]);
});

describe("a method that a path does not have", () => {
  test("is answered with 405 and the methods that it has, on every path", async () => {
    const document = (await (await fetch(`${stack.url}/openapi.json`)).json()) as { paths: Record<string, object> };
    for (const [path, methods] of Object.entries(document.paths)) {
      const url = path.replace("{id}", prompt).replace("{version}", "1");
      const method = ["PUT", "DELETE"].find((each) => !(each.toLowerCase() in methods)) ?? "PATCH";
      const { status, headers, body } = await one.call(method, `${url}?limit=1`);
      expect([status, body.code], path).toEqual([405, "method_not_allowed"]);
      const allowed = headers.get("allow")?.split(", ");
      // `/users/me` is also a path of `/users/{id}`.
      const matching = Object.entries(document.paths).filter(([template]) =>
        new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
      );
      const documented = [...new Set(matching.flatMap(([, of]) => Object.keys(of)))].map((each) => each.toUpperCase());
      expect(
        allowed?.filter((method) => method !== "HEAD"),
        path,
      ).toEqual(documented.toSorted());
    }
  });

  test("of a path that does not exist is answered with 404", async () => {
    const { status, headers } = await one.call("DELETE", "/nowhere");
    expect([status, headers.get("allow")]).toEqual([404, null]);
  });
});

describe("what is no request, or none in time, is answered in the API's one form", () => {
  const cases: [code: string, status: number, text: () => string][] = [
    ["request_timeout", 408, () => "GET /prompts HTTP/1.1\r\nhost: x\r\n"],
    [
      "request_timeout",
      408,
      () =>
        `POST /prompts HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${one.key}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    ],
    ["headers_too_large", 431, () => `GET / HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(20_000)}\r\n\r\n`],
    ["invalid_request", 400, () => "no HTTP\r\n\r\n"],
  ];
  test.concurrent.each(cases)("%s", async (code, status, text) => {
    const [head = "", body = ""] = (await send(text())).split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toContain("content-type: application/problem+json");
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });
});

describe("an answer", () => {
  test("of more than a KiB is compressed for who takes gzip, and says that it depends on that", async () => {
    for (let count = 0; count < 8; count += 1) await one.prompt(`one-of-many-${count}`);
    const plain = await raw("GET", "/prompts?limit=100");
    const compressed = await raw("GET", "/prompts?limit=100", { "accept-encoding": "br, gzip" });
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(compressed.headers).toMatchObject({
      "content-encoding": "gzip",
      "content-length": String(compressed.body.length),
    });
    expect([plain.headers["vary"], compressed.headers["vary"]]).toEqual(["accept-encoding", "accept-encoding"]);
    expect(compressed.body.length).toBeLessThan(plain.body.length / 2);
    expect(gunzipSync(compressed.body)).toEqual(plain.body);
    const head = await raw("HEAD", "/prompts?limit=100", { "accept-encoding": "gzip" });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  test("of less is sent as it is", async () => {
    const { headers } = await raw("GET", `/prompts/${prompt}`, { "accept-encoding": "gzip" });
    expect(headers["content-encoding"]).toBeUndefined();
  });

  test("that no cache may keep is sent as it is", async () => {
    const app = fastify();
    compressAnswers(app);
    app.get("/open", () => ({ padding: "x".repeat(2_000) }));
    app.get("/secret", (_request, reply) => reply.header("cache-control", "no-store").send("x".repeat(2_000)));
    const encoded = async (url: string): Promise<unknown> =>
      (await app.inject({ url, headers: { "accept-encoding": "gzip" } })).headers["content-encoding"];
    expect([await encoded("/open"), await encoded("/secret")]).toEqual(["gzip", undefined]);
  });

  test.each([
    ["gzip", true],
    ["deflate, gzip;q=1.0, *;q=0.5", true],
    ["*", true],
    ["gzip;q=0", false],
    ["gzip;q=0.0", false],
    ["br", false],
    [undefined, false],
  ])("to 'accept-encoding: %s' is compressed: %s", (accepted, expected) => {
    expect(takesGzip(accepted)).toBe(expected);
  });
});

test("a route that takes no body reads none of more than a KiB", async () => {
  const { body } = await one.call("POST", "/tokens", { padding: "x".repeat(1024) });
  expect(body).toMatchObject({ status: 413, code: "body_too_large" });
  expect((await one.call("POST", "/tokens", {})).status).toBe(201);
});

describe("an idempotency key", () => {
  test("knows a request again, in whichever order its fields come", async () => {
    const own = await one.prompt("ordered", { variables: { text: {}, other: {} } });
    const headers = { "idempotency-key": "ordered" };
    const execute = (body: object): ReturnType<Tenant["call"]> =>
      one.call("POST", `/prompts/${own}/execute`, body, headers);
    const first = await execute({ timeoutSeconds: 60, variables: { text: "a", other: "b" } });
    const second = await execute({ variables: { other: "b", text: "a" }, timeoutSeconds: 60 });
    expect([second.status, second.body]).toEqual([202, first.body]);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect((await execute({ variables: { other: "a", text: "b" }, timeoutSeconds: 60 })).status).toBe(422);
  });

  test("is forgotten after a day, of every tenant, and no sooner", async () => {
    const two = await stack.tenant("two");
    const own = await two.prompt("own");
    for (const [tenant, id] of [[one, prompt] as const, [two, own] as const])
      for (const key of ["old", "young"])
        await tenant.call("POST", `/prompts/${id}/execute`, { variables: { text: "x" } }, { "idempotency-key": key });
    await database.query("UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = 'old'");
    await database.query("UPDATE idempotency_keys SET created_at = now() - interval '23 hours' WHERE key = 'young'");
    await stack.platform.startApi();
    const keys = async (): Promise<unknown[]> =>
      (await database.query("SELECT key FROM idempotency_keys WHERE key IN ('old', 'young')")).rows;
    await until("the old keys to be deleted", async () => ((await keys()).length === 2 ? true : undefined));
    expect(await keys()).toEqual([{ key: "young" }, { key: "young" }]);
  });
});
