import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerTo } from "../../services/model-simulator/words.ts";
import type { ExecutionEvent } from "../../services/shared/executions/events.ts";
import { startStack, type Stack, type Tenant, textOf, until } from "../services/stack.ts";
import { type RedisServer, startRedisServer } from "./redis-server.ts";

let redis: RedisServer;
let stack: Stack;
let tenant: Tenant;
let prompt: string;
beforeAll(async () => {
  redis = await startRedisServer();
  stack = await startStack({ redisUrl: redis.url, simulator: { tokenMilliseconds: 20 } });
  tenant = await stack.tenant("one");
  prompt = await tenant.prompt("echo");
});
afterAll(async () => {
  await stack.stop();
  await redis.close();
});

const readiness = async (url = stack.url): Promise<unknown> => {
  const response = await fetch(`${url}/health/ready`);
  return [response.status, ((await response.json()) as { status: string }).status];
};
const toBe = (status: string): Promise<true> =>
  until(`the API to be ${status}`, async () => JSON.stringify(await readiness()) === `[200,"${status}"]` || undefined);

const isWhole = (events: readonly ExecutionEvent[], text: string): void => {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.at(-1)).toMatchObject({ type: "job_complete", attempt: 1 });
  expect(textOf(events)).toBe(answerTo(`user: ${text}`, 32).join(""));
};

describe.each([
  ["is stopped", () => redis.stop(), () => redis.start()],
  ["is frozen, with its connections open", () => Promise.resolve(redis.freeze()), () => Promise.resolve(redis.thaw())],
])("when Redis %s", (what, leave, comeBack) => {
  test("executions run, once, and are followed and cancelled; the API is ready, degraded, until it is back", async () => {
    await toBe("ready");
    // One is under way when it goes, one is accepted without it.
    const before = await tenant.execute(prompt, `before it ${what}`);
    await tenant.follow(before, 0, ({ type }) => type === "token_chunk");
    await leave();
    const meanwhile = await tenant.execute(prompt, `while it ${what}`);
    isWhole(await tenant.follow(before), `before it ${what}`);
    isWhole(await tenant.follow(meanwhile), `while it ${what}`);
    await toBe("degraded");
    await stack.fault({ kind: "slow_first_token", seconds: 600 });
    const slow = await tenant.execute(prompt, "slow");
    await tenant.follow(slow, 0, ({ type }) => type === "job_started");
    expect((await tenant.call("POST", `/executions/${slow}/cancel`)).body).toMatchObject({ state: "cancelled" });
    expect((await tenant.follow(slow)).at(-1)?.type).toBe("job_cancelled");
    await comeBack();
    await toBe("ready");
    isWhole(await tenant.follow(await tenant.execute(prompt, `after it ${what}`)), `after it ${what}`);
  });

  test("services start, and stop with 0", async () => {
    await leave();
    const worker = await stack.platform.startWorker(`started while it ${what}`);
    expect(await worker.stop()).toBe(0);
    await comeBack();
    await toBe("ready");
  });
});
