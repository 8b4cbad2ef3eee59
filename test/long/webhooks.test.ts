import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Tenant, tenantWith } from "../services/stack.ts";
import { executeWorkflow, storeWorkflow } from "../services/workflow-calls.ts";
import {
  createHook,
  deliveryOf,
  type Hooks,
  isSigned,
  makeDue,
  type Received,
  startHooks,
} from "./webhook-receiver.ts";

let hooks: Hooks;
let one: Tenant;
let other: Tenant;
let prompt: string;

beforeAll(async () => {
  hooks = await startHooks();
  [one, other] = [await hooks.stack.tenant("one"), await hooks.stack.tenant("other")];
  prompt = await one.prompt("echo");
});
afterAll(async () => {
  await hooks.stop();
});

const run = async (tenant: Tenant, of: string, text = "hello"): Promise<string> => {
  const id = await tenant.execute(of, text);
  await tenant.follow(id);
  return id;
};
const bodyOf = ({ body }: Received): Record<string, any> => JSON.parse(body) as Record<string, unknown>; // eslint-disable-line @typescript-eslint/no-explicit-any -- a test reads what no type leads to

describe("an event", () => {
  test("is signed, and says what ended with its usage and cost, without the output", async () => {
    const hook = await createHook(one, "/first");
    const execution = await run(one, prompt);
    const [received] = (await hooks.receivers.wait("/first")) as [Received];
    expect(isSigned(received, hook.secret)).toBe(true);
    expect(isSigned({ ...received, body: `${received.body} ` }, hook.secret)).toBe(false);
    expect(received.headers).toMatchObject({ "content-type": "application/json" });
    const body = bodyOf(received);
    const { body: shown } = await one.call("GET", `/executions/${execution}`);
    expect(body).toEqual({
      type: "execution.succeeded",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: {
        ...{ execution, kind: "prompt", promptId: prompt, promptVersion: 1, workflowId: null, workflowVersion: null },
        ...{ state: "succeeded", model: "simulated", attempt: 1, usage: shown.usage, cost: null, error: null },
        ...{ finishReason: "stop", createdAt: shown.createdAt, finishedAt: shown.finishedAt },
      },
    });
    const delivery = await deliveryOf(one, hook, ({ state }) => state === "delivered");
    expect(delivery).toMatchObject({
      event: { id: received.headers["webhook-id"], type: "execution.succeeded" },
      ...{ attempts: 1, status: 200, error: null, nextAttemptAt: null, data: body["data"] },
      log: [{ number: 1, status: 200, error: null, excerpt: "thank you" }],
    });
  });

  test("contains the output where the webhook asks for it", async () => {
    await createHook(one, "/with-output", { include: ["output"] });
    const execution = await run(one, prompt, "a word");
    const [received] = (await hooks.receivers.wait("/with-output")) as [Received];
    const { body } = await one.call("GET", `/executions/${execution}`);
    expect(bodyOf(received)["data"]).toMatchObject({ output: body.output, outputTruncated: false });
  });

  test("of a workflow is sent once, and not for the prompts of its nodes", async () => {
    const hook = await createHook(one, "/workflow");
    const workflow = await storeWorkflow(one, [
      { name: "ask", type: "prompt", prompt: "echo", variables: { text: "'hello'" } },
    ]);
    const { body } = await one.call("POST", `/workflows/${workflow}/execute`, { inputs: {} });
    await one.follow(body.id);
    const [received] = (await hooks.receivers.wait("/workflow")) as [Received];
    expect(bodyOf(received)["data"]).toMatchObject({
      execution: body.id,
      kind: "workflow",
      workflowId: workflow,
      model: null,
    });
    const { body: listed } = await one.call("GET", `/webhooks/${hook.id}/deliveries`);
    expect(listed.deliveries).toHaveLength(1);
  });

  test("is sent only to webhooks of its type, prompt and tenant that are enabled", async () => {
    const [asked, unasked] = [await one.prompt("asked"), await one.prompt("unasked")];
    const types = ["execution.succeeded", "execution.failed"];
    await createHook(one, "/asked", { prompts: ["asked"], events: types });
    await createHook(one, "/failed-only", { events: ["execution.failed"] });
    await createHook(other, "/other");
    const disabled = await createHook(one, "/disabled");
    await one.call("PATCH", `/webhooks/${disabled.id}`, { enabled: false });
    await run(one, unasked);
    const execution = await run(one, asked);
    const received = await hooks.receivers.wait("/asked");
    expect(received.map((each) => bodyOf(each)["data"].execution)).toEqual([execution]);
    const { rows } = await hooks.database.query(
      "SELECT url FROM webhook_deliveries JOIN webhook_endpoints ON webhook_endpoints.id = endpoint_id WHERE url ~ '(failed-only|other|disabled)$'",
    );
    expect(rows).toEqual([]);
  });

  test("says why an execution failed by its code alone, and that it was cancelled", async () => {
    const events = ["execution.failed", "execution.cancelled"];
    await createHook(one, "/ends", { events });
    await hooks.stack.fault({ kind: "status", status: 400 });
    await run(one, prompt, "a secret word");
    const cancelled = await executeWorkflow(one, await storeWorkflow(one, [{ name: "agreed", type: "approval" }]));
    await one.call("POST", `/executions/${cancelled}/cancel`);
    const [failed, ended] = (await hooks.receivers.wait("/ends", 2)) as [Received, Received];
    expect(bodyOf(failed)).toMatchObject({
      type: "execution.failed",
      data: { error: { code: expect.stringMatching(/^model_/) } },
    });
    expect(Object.keys(bodyOf(failed)["data"].error)).toEqual(["code"]);
    expect(failed.body).not.toContain("a secret word");
    expect(bodyOf(ended)).toMatchObject({ type: "execution.cancelled", data: { execution: cancelled } });
  });

  test("tells once a month that a limit of the budget was reached", async () => {
    const operator = await hooks.stack.operator();
    const { body: made } = await operator.call("POST", "/admin/tenants", {
      ...{ name: "limited", ownerEmail: "owner@limited.example" },
    });
    const limited = tenantWith(hooks.stack.url, made.apiKey as string);
    await createHook(limited, "/budget", { events: ["budget.reached"] });
    await operator.call("PATCH", `/admin/tenants/${made.tenant.id}/limits`, {
      softMonthlyTokens: 1,
      hardMonthlyTokens: 1_000_000,
    });
    await run(limited, await limited.prompt("echo"));
    const [received] = (await hooks.receivers.wait("/budget")) as [Received];
    expect(bodyOf(received)).toMatchObject({
      type: "budget.reached",
      data: {
        unit: "tokens",
        level: "soft",
        limit: 1,
        used: expect.any(Number),
        month: expect.stringMatching(/^\d{4}-\d\d$/),
      },
    });
    await operator.call("PATCH", `/admin/tenants/${made.tenant.id}/limits`, { hardMonthlyTokens: 1 });
    const both = await hooks.receivers.wait("/budget", 2);
    expect(both.map((each) => bodyOf(each)["data"].level)).toEqual(["soft", "hard"]);
  });
});

describe("a delivery", () => {
  test("is tried again with the same id until its receiver is up", async () => {
    const hook = await createHook(one, "/down");
    hooks.receivers.behaviours["/down"] = (response) => response.writeHead(503).end("closed\u0000\r\nfor lunch");
    await run(one, prompt);
    const failed = await deliveryOf(one, hook, ({ log }) => log.length === 1);
    expect(failed).toMatchObject({ state: "pending", status: 503, error: "rejected" });
    expect(failed["log"][0].excerpt).toBe("closed for lunch");
    const pause = Date.parse(failed["nextAttemptAt"]) - Date.parse(failed["log"][0].startedAt);
    expect(pause).toBeGreaterThanOrEqual(5_000);
    expect((await one.call("GET", `/webhooks/${hook.id}`)).body.failingSince).not.toBeNull();
    Reflect.deleteProperty(hooks.receivers.behaviours, "/down");
    const delivered = await deliveryOf(one, hook, ({ state }) => state === "delivered");
    const ids = hooks.receivers.at("/down").map(({ headers }) => headers["webhook-id"]);
    expect(ids).toEqual([delivered["event"].id, delivered["event"].id]);
    expect(delivered["log"].map(({ status }: { status: number }) => status)).toEqual([503, 200]);
    expect((await one.call("GET", `/webhooks/${hook.id}`)).body.failingSince).toBeNull();
  });

  test("waits for as long as its receiver asks for", async () => {
    const hook = await createHook(one, "/busy");
    hooks.receivers.behaviours["/busy"] = (response) => response.writeHead(429, { "retry-after": "3600" }).end();
    await run(one, prompt);
    const { log, nextAttemptAt } = await deliveryOf(one, hook, (delivery) => delivery["log"].length === 1);
    expect(Date.parse(nextAttemptAt) - Date.parse(log[0].startedAt)).toBeGreaterThanOrEqual(3_600_000);
  });

  test("has failed after ten attempts, and can be sent again with the same id", async () => {
    const hook = await createHook(one, "/hopeless");
    hooks.receivers.behaviours["/hopeless"] = (response) => response.writeHead(500).end();
    await run(one, prompt);
    for (let number = 1; number <= 10; number += 1) {
      await deliveryOf(one, hook, ({ log }) => log.length === number);
      await makeDue(hooks.database, hook);
    }
    const failed = await deliveryOf(one, hook, ({ state }) => state === "failed");
    expect(failed).toMatchObject({ attempts: 10, error: "rejected" });
    Reflect.deleteProperty(hooks.receivers.behaviours, "/hopeless");
    const again = await one.call("POST", `/webhooks/${hook.id}/deliveries/${failed["id"]}/resend`);
    expect(again).toMatchObject({ status: 200, body: { state: "pending" } });
    await deliveryOf(one, hook, ({ state }) => state === "delivered");
    const ids = new Set(hooks.receivers.at("/hopeless").map(({ headers }) => headers["webhook-id"]));
    expect([...ids]).toEqual([failed["event"].id]);
  });

  test("of a test is listed by its state", async () => {
    const hook = await createHook(one, "/tested");
    const tested = await one.call("POST", `/webhooks/${hook.id}/test`);
    expect(tested).toMatchObject({ status: 201, body: { state: "pending", event: { type: "webhook.test" } } });
    const [received] = (await hooks.receivers.wait("/tested")) as [Received];
    expect(bodyOf(received)).toMatchObject({ type: "webhook.test", data: { webhook: hook.id } });
    await deliveryOf(one, hook, ({ state }) => state === "delivered");
    const listed = async (state: string): Promise<number> =>
      (await one.call("GET", `/webhooks/${hook.id}/deliveries?state=${state}`)).body.deliveries.length as number;
    expect([await listed("delivered"), await listed("failed")]).toEqual([1, 0]);
  });
});
