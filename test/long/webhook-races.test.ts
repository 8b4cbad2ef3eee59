import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tenant } from "../services/stack.ts";
import { createHook, deliveryOf, type Hooks, makeDue, startHooks } from "./webhook-receiver.ts";

/** What happens to a webhook while one of its attempts waits for an answer. */

let hooks: Hooks;
let one: Tenant;
beforeAll(async () => {
  hooks = await startHooks();
  one = await hooks.stack.tenant("one");
});
afterAll(async () => {
  await hooks.stop();
});

/** Has a path hold its next request, and answer others; resolves with the answer to be given to it. */
function holdNext(path: string): Promise<ServerResponse> {
  return new Promise((resolve) => {
    hooks.receivers.behaviours[path] = (response) => {
      Reflect.deleteProperty(hooks.receivers.behaviours, path);
      resolve(response);
    };
  });
}

test("a delivery that is sent again during its last attempt is, whatever comes of that attempt", async () => {
  const hook = await createHook(one, "/last");
  hooks.receivers.behaviours["/last"] = (response) => response.writeHead(500).end();
  const { body: sent } = await one.call("POST", `/webhooks/${hook.id}/test`);
  await deliveryOf(one, hook, ({ log }) => log.length === 1);
  await hooks.database.query("UPDATE webhook_deliveries SET failures = 9 WHERE id = $1", [sent.id]);
  const held = holdNext("/last");
  await makeDue(hooks.database, hook);
  const answer = await held;
  const again = await one.call("POST", `/webhooks/${hook.id}/deliveries/${sent.id}/resend`);
  expect(again).toMatchObject({ status: 200, body: { state: "pending" } });
  await hooks.receivers.wait("/last", 3, 30);
  answer.writeHead(500).end();
  expect(await deliveryOf(one, hook, ({ state }) => state !== "pending")).toMatchObject({ state: "delivered" });
});

test("a URL that is gone does not disable the webhook that has another one by then", async () => {
  const hook = await createHook(one, "/old");
  const held = holdNext("/old");
  await one.call("POST", `/webhooks/${hook.id}/test`);
  const answer = await held;
  const url = "https://models.example/new";
  expect(await one.call("PATCH", `/webhooks/${hook.id}`, { url })).toMatchObject({ status: 200, body: { url } });
  answer.writeHead(410).end();
  await deliveryOf(one, hook, ({ state }) => state === "failed");
  expect((await one.call("GET", `/webhooks/${hook.id}`)).body).toMatchObject({ enabled: true, failingSince: null });
});

test("a delivery is sent again a hundred times at most, and shows its last fifty attempts", async () => {
  const hook = await createHook(one, "/often");
  const { body: sent } = await one.call("POST", `/webhooks/${hook.id}/test`);
  await deliveryOf(one, hook, ({ state }) => state === "delivered");
  await hooks.database.query(
    `INSERT INTO webhook_attempts (delivery_id, number, tenant_id, started_at, milliseconds, status)
      SELECT $1, number, tenant_id, now(), 1, 200 FROM tenants, generate_series(2, 100) AS number, webhook_deliveries
      WHERE webhook_deliveries.id = $1 AND tenants.id = tenant_id`,
    [sent.id],
  );
  await hooks.database.query("UPDATE webhook_deliveries SET attempt = 100 WHERE id = $1", [sent.id]);
  const path = `/webhooks/${hook.id}/deliveries/${sent.id}`;
  expect(await one.call("POST", `${path}/resend`)).toMatchObject({ status: 409, body: { code: "limit_reached" } });
  const { log } = (await one.call("GET", path)).body;
  expect([log.length, log[0].number, log.at(-1).number]).toEqual([50, 51, 100]);
});
