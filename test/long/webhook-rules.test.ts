import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resealWebhookSecrets } from "../../services/notifications/reseal.ts";
import { Database } from "../../services/shared/database/pool.ts";
import { SealingKeys } from "../../services/shared/models/sealed-keys.ts";
import { createLog } from "../../services/shared/runtime/log.ts";
import { placeOf } from "../../services/shared/webhooks/secret.ts";
import { type Tenant, until } from "../services/stack.ts";
import { createHook, deliveryOf, type Hook, type Hooks, startHooks } from "./webhook-receiver.ts";

const MAX_WEBHOOKS = 20;
const TOKEN = "token-of-the-query";

let hooks: Hooks;
let one: Tenant;
let other: Tenant;

beforeAll(async () => {
  hooks = await startHooks();
  [one, other] = [await hooks.stack.tenant("one"), await hooks.stack.tenant("other")];
});
afterAll(async () => {
  await hooks.stop();
});

const rows = async <Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> =>
  (await hooks.database.query<Row>(sql, values)).rows;
const databaseUrlOf = (service: string): string =>
  readFileSync(join(hooks.stack.secrets, "..", service, "database-url"), "utf8");

describe("a webhook", () => {
  test("that is changed keeps what is left out", async () => {
    await one.prompt("named");
    const { id } = await createHook(one, "/kept", {
      prompts: ["named"],
      include: ["output"],
      description: "of a test",
    });
    const { body: before } = await one.call("GET", `/webhooks/${id}`);
    expect(before).toMatchObject({ prompts: ["named"], workflows: [], include: ["output"], enabled: true });
    const changed = await one.call("PATCH", `/webhooks/${id}`, { events: ["budget.reached"], include: [] });
    expect(changed.body).toEqual({ ...before, events: ["budget.reached"], include: [] });
  });

  test("names prompts and workflows that exist", async () => {
    const input = {
      url: "https://models.example/",
      events: ["execution.failed"],
      prompts: ["named", "unknown"],
      workflows: ["none"],
    };
    const { status, body } = await one.call("POST", "/webhooks", input);
    expect([status, body.faults]).toEqual([
      400,
      [
        { path: "body/prompts/1", message: "does not exist" },
        { path: "body/workflows/0", message: "does not exist" },
      ],
    ]);
  });

  test("beyond the limit of its tenant is refused, until one is deleted", async () => {
    const tenant = await hooks.stack.tenant("many");
    const input = { url: "https://models.example/many", events: ["execution.failed"] };
    const answers = await Promise.all(
      Array.from({ length: MAX_WEBHOOKS + 5 }, () => tenant.call("POST", "/webhooks", input)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(MAX_WEBHOOKS);
    expect(answers.find(({ status }) => status !== 201)).toMatchObject({
      status: 409,
      body: { code: "limit_reached" },
    });
    const { body } = await tenant.call("GET", "/webhooks");
    await tenant.call("DELETE", `/webhooks/${body.webhooks[0].id}`);
    expect((await tenant.call("POST", "/webhooks", input)).status).toBe(201);
  });

  test("leaves nothing pending when it is deleted", async () => {
    hooks.receivers.behaviours["/deleted"] = (response) => response.writeHead(500).end();
    const { id } = await createHook(one, "/deleted");
    expect((await one.call("POST", `/webhooks/${id}/test`)).status).toBe(201);
    expect((await one.call("DELETE", `/webhooks/${id}`)).status).toBe(204);
    expect(await rows("SELECT state FROM webhook_deliveries WHERE endpoint_id = $1", id)).toEqual([
      { state: "failed" },
    ]);
    Reflect.deleteProperty(hooks.receivers.behaviours, "/deleted");
  });

  test("of another tenant cannot be read, changed, tested or deleted, nor its deliveries", async () => {
    const { id } = await createHook(one, "/mine");
    const { body } = await one.call("POST", `/webhooks/${id}/test`);
    const own = await createHook(other, "/theirs");
    const answers = await Promise.all([
      other.call("GET", `/webhooks/${id}`),
      other.call("PATCH", `/webhooks/${id}`, { enabled: false }),
      other.call("POST", `/webhooks/${id}/rotate-secret`),
      other.call("POST", `/webhooks/${id}/test`),
      other.call("GET", `/webhooks/${id}/deliveries`),
      other.call("GET", `/webhooks/${own.id}/deliveries/${body.id}`),
      other.call("POST", `/webhooks/${own.id}/deliveries/${body.id}/resend`),
      other.call("DELETE", `/webhooks/${id}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array.from(answers, () => 404));
    expect((await one.call("GET", `/webhooks/${id}`)).body.enabled).toBe(true);
  });
});

describe("what is secret", () => {
  let hook: Hook;

  test("is in no row in clear, in no answer but the first, and in no line of a log, nor is the query of the URL", async () => {
    hook = await createHook(one, "", { url: `https://models.example/secret?${TOKEN}` });
    hooks.receivers.behaviours[`/secret?${TOKEN}`] = (response) => response.writeHead(500).end();
    await one.call("POST", `/webhooks/${hook.id}/test`);
    await deliveryOf(one, hook, ({ log }) => log.length === 1);
    const tables = await rows<{ name: string }>(
      "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
    );
    const key = hook.secret.slice("whsec_".length);
    const holding: string[] = [];
    for (const { name } of tables) {
      const found = await rows(
        `SELECT FROM ${name} AS each WHERE strpos(each::text, $1) > 0 OR strpos(each::text, $2) > 0 LIMIT 1`,
        ...[key, Buffer.from(hook.secret).toString("hex")],
      );
      if (found.length > 0) holding.push(name);
    }
    expect(tables.map(({ name }) => name)).toContain("webhook_secrets");
    expect(holding).toEqual([]);
    for (const path of ["/webhooks", `/webhooks/${hook.id}`, `/webhooks/${hook.id}/deliveries`])
      expect(JSON.stringify((await one.call("GET", path)).body)).not.toContain(key);
    const said = [...hooks.stack.lines.map(({ line }) => line), ...hooks.way.lines];
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter((line) => line.includes(key) || line.includes(TOKEN))).toEqual([]);
  });

  test("is sealed again under a newer key, and signs as before", async () => {
    const [stored] = await rows<{ tenant: string; keyId: string; sealed: Buffer }>(
      `SELECT tenant_id AS tenant, key_id AS "keyId", sealed FROM webhook_secrets WHERE endpoint_id = $1`,
      hook.id,
    );
    if (!stored) throw new Error("The secret has no row.");
    const old = readFileSync(join(hooks.stack.secrets, "custom-model-key"), "utf8").trim();
    const newer = randomBytes(32).toString("hex");
    const keys = new SealingKeys(() => `${newer}\n${old}`);
    const log = createLog("test", "error");
    const database = new Database({ url: databaseUrlOf("notifications"), connections: 1, log });
    const all = await rows("SELECT FROM webhook_secrets");
    expect(await resealWebhookSecrets(database, keys)).toBe(all.length);
    expect(await resealWebhookSecrets(database, keys)).toBe(0);
    await database.close();
    const [again] = await rows<{ keyId: string; sealed: Buffer }>(
      `SELECT key_id AS "keyId", sealed FROM webhook_secrets WHERE endpoint_id = $1`,
      hook.id,
    );
    expect(again?.keyId).not.toBe(stored.keyId);
    expect(again && keys.open(again, placeOf(stored.tenant, hook.id))).toBe(hook.secret);
    expect(() => again && keys.open(again, placeOf(stored.tenant, "another"))).toThrow("unable to authenticate");
  });

  test("whose key is missing is signed once it is back, and does not count as a failure of the receiver", async () => {
    await one.call("POST", `/webhooks/${hook.id}/rotate-secret`);
    const { failingSince } = (await one.call("PATCH", `/webhooks/${hook.id}`, { enabled: true })).body;
    expect(failingSince).toBeNull();
    await one.call("POST", `/webhooks/${hook.id}/test`);
    // The secret before the rotation is sealed under a key that only the test above had.
    const delivery = await deliveryOf(one, hook, ({ log }) => log.length === 1);
    expect(delivery).toMatchObject({ state: "pending", status: null, error: "not_signed" });
    expect((await one.call("GET", `/webhooks/${hook.id}`)).body.failingSince).toBeNull();
    await rows("DELETE FROM webhook_secrets WHERE endpoint_id = $1 AND expires_at IS NOT NULL RETURNING id", hook.id);
    Reflect.deleteProperty(hooks.receivers.behaviours, `/secret?${TOKEN}`);
    await one.call("POST", `/webhooks/${hook.id}/deliveries/${delivery["id"]}/resend`);
    await deliveryOf(one, hook, ({ state }) => state === "delivered");
  });
});

describe("a role", () => {
  test.each([
    ["notifications", "SELECT output FROM executions"],
    ["notifications", "SELECT messages FROM prompt_versions"],
    ["notifications", "SELECT sealed_api_key FROM custom_models"],
    ["notifications", "UPDATE webhook_endpoints SET url = ''"],
    ["notifications", "SELECT name FROM tenants"],
    ["api", "SELECT sealed FROM webhook_secrets"],
    ["api", "UPDATE webhook_deliveries SET status = 200"],
    ["api", "DELETE FROM webhook_attempts"],
    ["worker", "SELECT FROM webhook_endpoints"],
    ["worker", "SELECT record_webhook_event(gen_random_uuid(), 'execution.failed', '{}')"],
  ])("of %s may not %s", async (service, statement) => {
    const client = new Client({ connectionString: databaseUrlOf(service) });
    await client.connect();
    await expect(client.query(statement)).rejects.toThrow("permission denied");
    await client.end();
  });
});

describe("what is over", () => {
  test("is kept while a webhook is disabled for less than a week, and has failed after that", async () => {
    const hook = await createHook(one, "/later");
    hooks.receivers.behaviours["/later"] = (response) => response.writeHead(500).end();
    for (let number = 0; number < 2; number += 1) await one.call("POST", `/webhooks/${hook.id}/test`);
    await deliveryOf(one, hook, ({ log }) => log.length === 1);
    await one.call("PATCH", `/webhooks/${hook.id}`, { enabled: false });
    await rows(
      `UPDATE webhook_deliveries SET due_at = now(), pending_since = now() - CASE number WHEN 1 THEN interval '6 days 23 hours' ELSE interval '7 days' END
        FROM (SELECT id, row_number() OVER (ORDER BY created_at) AS number FROM webhook_deliveries WHERE endpoint_id = $1) AS numbered
        WHERE numbered.id = webhook_deliveries.id`,
      hook.id,
    );
    await rows("SELECT expire_webhook_deliveries(1000)");
    const { body } = await one.call("GET", `/webhooks/${hook.id}/deliveries`);
    expect(body.deliveries).toMatchObject([
      { state: "failed", error: "expired" },
      { state: "pending", error: expect.anything() },
    ]);
    Reflect.deleteProperty(hooks.receivers.behaviours, "/later");
    await one.call("PATCH", `/webhooks/${hook.id}`, { enabled: true });
    const [kept] = (await one.call("GET", `/webhooks/${hook.id}/deliveries`)).body.deliveries.slice(1);
    await until("what was kept", async () => {
      const { body: delivery } = await one.call("GET", `/webhooks/${hook.id}/deliveries/${kept.id}`);
      return delivery.state === "delivered" ? true : undefined;
    });
  });

  test("is deleted after 30 days with its attempts, and a rotated secret when it has expired", async () => {
    const hook = await createHook(one, "/old");
    await one.call("POST", `/webhooks/${hook.id}/test`);
    const { id, event } = await deliveryOf(one, hook, ({ state }) => state === "delivered");
    const ageTo = async (interval: string): Promise<number> => {
      await rows("UPDATE webhook_events SET created_at = now() - $2::interval WHERE id = $1", event.id, interval);
      await rows("SELECT delete_old_webhook_events(1000)");
      return (await rows("SELECT FROM webhook_attempts WHERE delivery_id = $1", id)).length;
    };
    expect([await ageTo("29 days"), await ageTo("30 days")]).toEqual([1, 0]);
    expect((await one.call("GET", `/webhooks/${hook.id}/deliveries`)).body).toEqual({ deliveries: [] });
    await one.call("POST", `/webhooks/${hook.id}/rotate-secret`);
    const secrets = async (): Promise<number> =>
      (await rows("SELECT FROM webhook_secrets WHERE endpoint_id = $1", hook.id)).length;
    await rows("SELECT delete_expired_webhook_secrets(1000)");
    expect(await secrets()).toBe(2);
    await rows("UPDATE webhook_secrets SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL");
    await rows("SELECT delete_expired_webhook_secrets(1000)");
    expect(await secrets()).toBe(1);
  });
});
