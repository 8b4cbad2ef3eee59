import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTenant } from "../../local/seed.ts";
import { createKey } from "../../services/api/api-keys.ts";
import { scopes } from "../../services/api/caller.ts";
import { errors } from "../../services/api/errors.ts";
import { startStack, type Stack, type Tenant, tenantWith, until } from "./stack.ts";

let stack: Stack;
let one: Tenant;
let two: Tenant;
let prompt: string;
beforeAll(async () => {
  // No worker: what is accepted stays as it was accepted.
  stack = await startStack({ workers: 0 });
  one = await stack.tenant("one");
  two = await stack.tenant("two");
  prompt = await one.prompt("greeting");
});
afterAll(async () => {
  await stack.stop();
});

describe("a prompt", () => {
  test("keeps every version that it had", async () => {
    const id = await one.prompt("versioned", { messages: [{ role: "user", content: "first" }], variables: {} });
    const second = { model: "simulated", messages: [{ role: "user", content: "second" }] };
    expect((await one.call("POST", `/prompts/${id}/versions`, second)).body.version).toBe(2);
    expect((await one.call("GET", `/prompts/${id}`)).body).toMatchObject({ name: "versioned", latestVersion: 2 });
    const contentOf = async (version: number): Promise<unknown> =>
      (await one.call("GET", `/prompts/${id}/versions/${version}`)).body.messages[0].content;
    expect([await contentOf(1), await contentOf(2)]).toEqual(["first", "second"]);
  });

  test("gets versions one after the other, however many come at once", async () => {
    const id = await one.prompt("busy");
    const version = { model: "simulated", messages: [{ role: "user", content: "x" }] };
    const made = await Promise.all(
      Array.from({ length: 8 }, () => one.call("POST", `/prompts/${id}/versions`, version)),
    );
    expect(made.map(({ body }) => body.version as number).toSorted()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("is listed, the newest first, page by page", async () => {
    const { body: all } = await one.call("GET", "/prompts?limit=100");
    const { body: first } = await one.call("GET", "/prompts?limit=2");
    const { body: rest } = await one.call("GET", `/prompts?limit=100&before=${first.prompts[1].id}`);
    expect([...first.prompts, ...rest.prompts]).toEqual(all.prompts);
    expect(all.prompts.at(-1).name).toBe("greeting");
  });
});

describe("an accepted execution", () => {
  test("is a committed row, due now, with the variables put in once", async () => {
    const id = await one.execute(prompt, "{{text}} and {{other}}");
    const { body } = await one.call("GET", `/executions/${id}`);
    expect(body).toMatchObject({ state: "queued", attempt: 0, promptId: prompt, promptVersion: 1, output: null });
    expect((await one.call("GET", "/executions?limit=1")).body.executions[0].id).toBe(id);
  });

  test("under an idempotency key is accepted once, also when the same request comes twice at once", async () => {
    const body = { variables: { text: "once" } };
    const headers = { "idempotency-key": "key-1" };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => one.call("POST", `/prompts/${prompt}/execute`, body, headers)),
    );
    expect(new Set(answers.map(({ body: { id } }) => id as string)).size).toBe(1);
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    expect(answers.filter((answer) => answer.headers.get("idempotency-replayed") === "true")).toHaveLength(5);
    const other = await one.call("POST", `/prompts/${prompt}/execute`, { variables: { text: "other" } }, headers);
    expect(other.body).toMatchObject({ status: 422, code: "idempotency_key_reused" });
    const elsewhere = await two.prompt("own");
    expect((await two.call("POST", `/prompts/${elsewhere}/execute`, body, headers)).status).toBe(202);
  });
});

describe("two tenants", () => {
  test("are kept apart by Postgres itself: the API's role sees no row unless a tenant is set", async () => {
    const { Client } = await import("pg");
    const client = new Client({ connectionString: stack.platform.databaseUrl });
    await client.connect();
    try {
      const count = async (): Promise<unknown> => (await client.query("SELECT count(*) FROM prompts")).rows[0].count;
      const all = Number(await count());
      expect(all).toBeGreaterThan(1);
      await client.query("SET ROLE promptops_api");
      expect(Number(await count())).toBe(0);
      await client.query(
        "SELECT set_config('promptops.tenant', (SELECT tenant_id::text FROM api_keys WHERE false), false)",
      );
      expect(Number(await count())).toBe(0);
      await client.query("RESET ROLE");
      const { rows } = await client.query("SELECT id FROM tenants WHERE name = 'two'");
      await client.query("SET ROLE promptops_api");
      await client.query("SELECT set_config('promptops.tenant', $1, false)", [rows[0].id]);
      expect(Number(await count())).toBe(1);
      await expect(
        client.query("INSERT INTO prompts (tenant_id, name) VALUES (gen_random_uuid(), 'x')"),
      ).rejects.toThrow(/row-level security/);
    } finally {
      await client.end();
    }
  });
});

describe("a request that is wrong is told so in one form", () => {
  const message = [{ role: "user", content: "x" }];
  const unknown = "00000000-0000-4000-8000-000000000000";
  test.each<[keyof typeof errors, () => Promise<{ body: unknown; headers: Headers; status: number }>]>([
    [
      "invalid_request",
      () => one.call("POST", "/prompts", { name: "Not A Name", model: "simulated", messages: message }),
    ],
    ["invalid_request", () => one.call("POST", "/prompts", "{no json")],
    ["invalid_request", () => one.call("GET", "/prompts/not-an-id")],
    ["invalid_request", () => one.call("GET", "/prompts/%ff")],
    ["invalid_request", () => one.call("POST", "/prompts", { name: "null", model: "m\0", messages: message })],
    [
      "invalid_request",
      () => one.call("POST", "/prompts", { name: "half", model: "m", messages: [{ role: "user", content: "\ud800" }] }),
    ],
    ["invalid_request", () => one.call("GET", "/prompts?limit=1000")],
    ["unauthenticated", () => tenantWith(stack.url, "po_wrong").call("GET", "/prompts")],
    ["unauthenticated", () => tenantWith(stack.url, "eyJhbGciOiJub25lIn0.e30.").call("GET", "/prompts")],
    ["not_found", () => one.call("GET", `/prompts/${unknown}`)],
    ["not_found", () => one.call("GET", "/nowhere")],
    ["not_found", () => one.call("POST", `/prompts/${prompt}/execute`, { version: 9 })],
    ["name_taken", () => one.call("POST", "/prompts", { name: "greeting", model: "simulated", messages: message })],
    ["unsupported_media_type", () => one.call("POST", "/prompts", "<x/>", { "content-type": "application/xml" })],
    ["variables_do_not_fit", () => one.call("POST", `/prompts/${prompt}/execute`, { variables: {} })],
    [
      "variables_do_not_fit",
      () => one.call("POST", `/prompts/${prompt}/execute`, { variables: { text: "", more: "" } }),
    ],
    [
      "variables_do_not_fit",
      () => one.call("POST", "/prompts", { name: "loose", model: "m", messages: [{ role: "user", content: "{{x}}" }] }),
    ],
    [
      "unknown_model",
      async () => {
        const other = await one.prompt(`other-${Date.now()}`, { model: "gpt-17" });
        return one.call("POST", `/prompts/${other}/execute`, { variables: { text: "" } });
      },
    ],
  ])("%s", async (code, call) => {
    const { status, headers, body } = await call();
    expect(body).toMatchObject({ type: `urn:promptops:error:${code}`, title: errors[code].title, code });
    expect(status).toBe(errors[code].status);
    expect(headers.get("content-type")).toMatch(/^application\/problem\+json/);
  });

  test("with the path of each fault", async () => {
    const { body } = await one.call("POST", "/prompts", {
      name: "fine",
      model: "m",
      messages: [{ role: "robot" }],
      extra: 1,
    });
    expect(body.faults.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(["body/messages/0/role", "body/messages/0/content"]),
    );
  });

  test("with no more than a hundred faults, of however many", async () => {
    const variables = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [String(index), ""]));
    const { body } = await one.call("POST", `/prompts/${prompt}/execute`, { variables });
    expect(body.faults).toHaveLength(100);
  });

  test("with the first of the variables that do not fit, and how many others there are", async () => {
    const variables = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`a${index}`, ""]));
    const { body } = await one.call("POST", `/prompts/${prompt}/execute`, { variables });
    expect(body.detail).toContain("'a106', 990 others is no variable of the prompt");
  });

  test("when its body is larger than the descriptor says", async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${one.key}`,
        "content-type": "application/json",
        "content-length": 2 ** 20 + 1,
      };
      const sent = request(`${stack.url}/prompts`, { method: "POST", headers }, (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on("error", reject);
      sent.flushHeaders();
    });
    expect(status).toBe(errors.body_too_large.status);
  });
});

test("a key too short to be random opens nothing, also when its hash is stored", async () => {
  const key = createKey();
  const ofKey = async (length: number): Promise<number> => {
    const cut = key.slice(0, length);
    await addTenant(stack.platform.databaseUrl, `key of ${length}`, cut, scopes);
    return (await tenantWith(stack.url, cut).call("GET", "/prompts")).status;
  };
  expect([await ofKey(3), await ofKey(key.length - 1), await ofKey(key.length)]).toEqual([401, 401, 200]);
});

describe("a tenant that has too much in hand", () => {
  test("is asked to wait", async () => {
    const full = await stack.tenant("full");
    const { Client } = await import("pg");
    const client = new Client({ connectionString: stack.platform.databaseUrl });
    await client.connect();
    await client.query("UPDATE tenants SET most_executions = 2 WHERE name = 'full'");
    await client.end();
    const own = await full.prompt("own");
    await full.execute(own, "1");
    await full.execute(own, "2");
    const refused = await full.call("POST", `/prompts/${own}/execute`, { variables: { text: "3" } });
    expect(refused.body).toMatchObject({ status: 429, code: "too_many_executions" });
    expect(refused.headers.get("retry-after")).toBe("5");
  });
});

describe("the OpenAPI document", () => {
  test("describes requests by the schemas that validate, and every error", async () => {
    const document = (await (await fetch(`${stack.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: object; requestBody?: object }>>;
      components: { schemas: Record<string, { properties: { name?: { pattern: string } } }> };
    };
    expect(document.openapi).toMatch(/^3\./);
    const create = document.paths["/prompts"]?.["post"];
    expect(create?.requestBody).toMatchObject({
      content: { "application/json": { schema: { $ref: "#/components/schemas/NewPromptInput" } } },
    });
    expect(document.components.schemas["NewPromptInput"]?.properties.name?.pattern).toMatch(/^\^\[a-z0-9\]/);
    expect(Object.keys(create?.responses ?? {})).toEqual(["201", "4XX", "5XX"]);
  });
});

describe("when Postgres is gone", () => {
  test("the API lives, is not ready, says so in an answer, and comes back with it", async () => {
    const probe = async (path: string): Promise<number> => (await fetch(`${stack.url}/health/${path}`)).status;
    expect([await probe("live"), await probe("ready"), await probe("startup")]).toEqual([200, 200, 200]);
    await stack.platform.postgres.pause();
    expect([await probe("live"), await probe("ready"), await probe("startup")]).toEqual([200, 503, 200]);
    expect((await one.call("GET", "/prompts")).body).toMatchObject({ status: 503, code: "unavailable" });
    await stack.platform.postgres.resume();
    await until("the API to be ready again", async () => ((await probe("ready")) === 200 ? true : undefined));
    expect((await one.call("GET", `/prompts/${prompt}`)).status).toBe(200);
  });
});
