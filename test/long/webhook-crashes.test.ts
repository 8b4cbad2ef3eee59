import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceProcess } from "../../local/service-process.ts";
import { type Tenant, until } from "../services/stack.ts";
import { createHook, deliveryOf, type Hooks, isSigned, type Received, startHooks } from "./webhook-receiver.ts";

const MANY = 100;

let hooks: Hooks;
let one: Tenant;
let prompt: string;

beforeAll(async () => {
  hooks = await startHooks({ replicas: 0 });
  one = await hooks.stack.tenant("one");
  prompt = await one.prompt("echo");
});
afterAll(async () => {
  await hooks.stop();
});

const startReplica = (name: string): Promise<ServiceProcess> => hooks.stack.platform.startNotifications(name);

describe("a replica that is killed in the middle of an attempt", () => {
  test("leaves it to another one, which sends it with the same id", async () => {
    const hook = await createHook(one, "/killed");
    const killed = await startReplica("killed");
    hooks.receivers.behaviours["/killed"] = () => undefined;
    await one.follow(await one.execute(prompt, "hello"));
    await hooks.receivers.wait("/killed");
    await killed.kill();
    Reflect.deleteProperty(hooks.receivers.behaviours, "/killed");
    const survivor = await startReplica("survivor");
    const delivered = await deliveryOf(one, hook, ({ state }) => state === "delivered");
    const received = hooks.receivers.at("/killed");
    expect(received.map(({ headers }) => headers["webhook-id"])).toEqual([
      delivered["event"].id,
      delivered["event"].id,
    ]);
    // Nobody knows what came of the first.
    expect(delivered["log"].map(({ number }: { number: number }) => number)).toEqual([2]);
    await survivor.stop();
  });
});

describe("a replica that is stopped", () => {
  test("ends the attempt under way, and writes what came of it", async () => {
    const hook = await createHook(one, "/stopped");
    const replica = await startReplica("stopped");
    let answer: () => void = () => undefined;
    hooks.receivers.behaviours["/stopped"] = (response) => {
      answer = () => response.end();
    };
    await one.follow(await one.execute(prompt, "hello"));
    await hooks.receivers.wait("/stopped");
    const stopped = replica.stop();
    answer();
    expect(await stopped).toBe(0);
    const { state, attempts } = await deliveryOf(one, hook, () => true);
    expect({ state, attempts }).toEqual({ state: "delivered", attempts: 1 });
  });
});

describe("two replicas", () => {
  test("deliver each event once while both live, whichever is killed afterwards", async () => {
    const hook = await createHook(one, "/two");
    for (let number = 0; number < MANY; number += 1) await one.call("POST", `/webhooks/${hook.id}/test`);
    await Promise.all([startReplica("first"), startReplica("second")]);
    await until("all deliveries", async () => {
      const { rows } = await hooks.database.query(
        "SELECT FROM webhook_deliveries WHERE endpoint_id = $1 AND state <> 'delivered'",
        [hook.id],
      );
      return rows.length === 0 ? true : undefined;
    });
    const ids = hooks.receivers.at("/two").map(({ headers }) => headers["webhook-id"]);
    expect([ids.length, new Set(ids).size]).toEqual([MANY, MANY]);
  });
});

describe("the secret", () => {
  test("before a rotation signs too for a day, and the one before that no longer", async () => {
    const hook = await createHook(one, "/rotated");
    const rotate = async (): Promise<string> =>
      (await one.call("POST", `/webhooks/${hook.id}/rotate-secret`)).body.secret as string;
    const [second, third] = [await rotate(), await rotate()];
    await one.call("POST", `/webhooks/${hook.id}/test`);
    const [received] = (await hooks.receivers.wait("/rotated")) as [Received];
    expect([hook.secret, second, third].map((secret) => isSigned(received, secret))).toEqual([false, true, true]);
    const { body } = await one.call("GET", `/webhooks/${hook.id}`);
    const left = Date.parse(body.previousSecretExpiresAt) - Date.now();
    expect(left).toBeLessThanOrEqual(86_400_000);
    expect(left).toBeGreaterThan(86_000_000);
    await hooks.database.query("UPDATE webhook_secrets SET expires_at = now() WHERE expires_at IS NOT NULL");
    await one.call("POST", `/webhooks/${hook.id}/test`);
    const [, last] = (await hooks.receivers.wait("/rotated", 2)) as [Received, Received];
    expect([second, third].map((secret) => isSigned(last, secret))).toEqual([false, true]);
  });
});

describe("a suspended tenant", () => {
  test("is sent nothing until it is resumed", async () => {
    const operator = await hooks.stack.operator();
    const tenant = await hooks.stack.tenant("suspended");
    const waiting = await createHook(tenant, "/suspended");
    const other = await createHook(one, "/not-suspended");
    const { rows } = await hooks.database.query<{ id: string }>("SELECT id FROM tenants WHERE name = 'suspended'");
    const path = `/admin/tenants/${rows[0]?.id ?? ""}`;
    expect((await operator.call("POST", `${path}/suspend`)).status).toBe(200);
    await hooks.database.query("SELECT record_webhook_event($1, 'execution.succeeded', '{}')", [rows[0]?.id]);
    await one.call("POST", `/webhooks/${other.id}/test`);
    await hooks.receivers.wait("/not-suspended");
    expect(hooks.receivers.at("/suspended")).toEqual([]);
    await operator.call("POST", `${path}/resume`);
    await hooks.receivers.wait("/suspended");
    await deliveryOf(tenant, waiting, ({ state }) => state === "delivered");
  });
});
