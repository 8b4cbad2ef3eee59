import { describe, expect, test } from "vitest";
import type { Exchange } from "../../services/notifications/exchange.ts";
import { signedHeaders } from "../../services/notifications/sign.ts";
import { judge } from "../../services/notifications/verdict.ts";

describe("a signature", () => {
  test("is that of Standard Webhooks' reference library for its example", () => {
    // https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/javascript/src/index.test.ts
    const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(signedHeaders(message, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])).toEqual({
      "webhook-id": message.id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });
});

const rejected: Exchange = { status: 500, error: "rejected", excerpt: null };
const pauseAfter = (failures: number, random = 0, exchange = rejected): number =>
  judge(exchange, failures, () => random).afterSeconds;

describe("an attempt", () => {
  test("that fails is followed by nine others over three days", () => {
    const pauses = Array.from({ length: 9 }, (_, failures) => pauseAfter(failures));
    expect(pauses).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(judge(rejected, 9, () => 0)).toMatchObject({ state: "failed", result: "rejected", gone: false });
  });

  test("that fails is followed by the next up to a fifth later", () => {
    expect([pauseAfter(1, 0.5), pauseAfter(1, 1)]).toEqual([330, 360]);
  });

  test.each([
    [3_600, 3_600],
    [1, 5],
    [Number.POSITIVE_INFINITY, 86_400],
  ])("whose receiver asks for %d seconds is followed by the next after %d", (retryAfterSeconds, seconds) => {
    expect(pauseAfter(0, 0, { ...rejected, retryAfterSeconds })).toBe(seconds);
  });

  test("that is answered 410 is the last", () => {
    expect(judge({ ...rejected, status: 410 }, 0, () => 0)).toMatchObject({ state: "failed", gone: true });
  });

  test("that fails in the platform is repeated after a minute, as often as it takes", () => {
    const verdict = judge({ status: null, error: "proxy_internal_error", excerpt: null }, 9, () => 0);
    expect(verdict).toEqual({ result: "failed", state: "pending", afterSeconds: 60, gone: false });
  });
});
