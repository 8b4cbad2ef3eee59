import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack, type Stack, type Tenant } from "../services/stack.ts";

let stack: Stack;
let one: Tenant;
let two: Tenant;
const ids: { prompt: string; execution: string } = { prompt: "", execution: "" };
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  one = await stack.tenant("one");
  two = await stack.tenant("two");
  ids.prompt = await one.prompt("echo");
  ids.execution = await one.execute(ids.prompt, "of tenant one");
});
afterAll(async () => {
  await stack.stop();
});

interface Operation {
  readonly method: string;
  readonly path: string;
}

async function operations(): Promise<Operation[]> {
  const document = (await (await fetch(`${stack.url}/openapi.json`)).json()) as { paths: Record<string, object> };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
}

/** What might stand in a path: a real id, another tenant's, one that nobody has, and what is none. */
const parameter = fc.oneof(
  fc.constantFrom("prompt", "execution").map((kind) => `real:${kind}`),
  fc.uuid(),
  fc.string({ maxLength: 40 }),
  fc.integer().map(String),
);
/** A body that is nearly right, or not at all. */
const body = fc.oneof(
  fc.record(
    {
      name: fc.oneof(fc.string({ maxLength: 70 }), fc.constantFrom("echo", "a-b")),
      model: fc.oneof(fc.constant("simulated"), fc.string()),
      messages: fc.array(
        fc.record({ role: fc.constantFrom("user", "system", "x"), content: fc.string({ unit: "binary" }) }),
      ),
      variables: fc.dictionary(
        fc.string({ maxLength: 10 }),
        fc.oneof(fc.string({ unit: "binary" }), fc.record({ default: fc.string() })),
      ),
      version: fc.oneof(fc.integer(), fc.double(), fc.constant(null)),
      timeoutSeconds: fc.oneof(fc.integer(), fc.constant("1")),
      parameters: fc.anything(),
    },
    { requiredKeys: [] },
  ),
  fc.json(),
  fc.string({ unit: "binary" }),
);
const query = fc.dictionary(
  fc.constantFrom("limit", "before", "after", "access_token", "x"),
  fc.oneof(fc.integer().map(String), fc.string()),
);

test("nothing that anybody sends, to any route, is an error of ours", async () => {
  const routes = await operations();
  expect(routes.length).toBeGreaterThan(10);
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        route: fc.constantFrom(...routes),
        parameters: fc.array(parameter, { minLength: 2, maxLength: 2 }),
        sent: body,
        asked: query,
        idempotencyKey: fc.option(fc.string({ unit: "binary-ascii", maxLength: 300 }), { nil: undefined }),
      }),
      async ({ route: { method, path }, parameters, sent, asked, idempotencyKey }) => {
        let next = 0;
        const url = path.replaceAll(/\{\w+\}/g, () => {
          const chosen = parameters[next++] ?? "";
          return encodeURIComponent(chosen.replace("real:prompt", ids.prompt).replace("real:execution", ids.execution));
        });
        const payload = method === "GET" ? undefined : typeof sent === "string" ? sent : JSON.stringify(sent);
        const headers = idempotencyKey === undefined ? {} : { "idempotency-key": encodeURIComponent(idempotencyKey) };
        const answer = await two.call(method, `${url}?${new URLSearchParams(asked).toString()}`, payload, headers);
        statuses.add(answer.status);
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
        // Whatever tenant two does, it sees nothing of tenant one.
        expect(JSON.stringify(answer.body ?? "")).not.toContain("of tenant one");
      },
    ),
    { numRuns: 500, seed: 20261122 },
  );
  // Both good and bad requests were among them.
  expect([...statuses].some((status) => status < 300)).toBe(true);
  expect([...statuses].some((status) => status >= 400)).toBe(true);
  expect((await one.call("GET", `/executions/${ids.execution}`)).body.state).toBe("queued");
});
