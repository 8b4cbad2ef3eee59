import autocannon from "autocannon";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKey } from "../../services/api/api-keys.ts";
import { maskedNetworkOf, networkOf } from "../../services/api/networks.ts";
import { MAX_PER_ADDRESS, MAX_PER_TENANT } from "../../services/api/rate-limits.ts";
import { RequestCounts } from "../../services/api/request-counts.ts";
import { startStack, type Stack, type Tenant, tenantWith, until } from "../services/stack.ts";

let stack: Stack;
let replica: string;
let one: Tenant;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  replica = `http://127.0.0.1:${(await stack.platform.startApi()).ports["http"] ?? 0}`;
  one = await stack.tenant("one");
});
afterAll(async () => {
  await stack.stop();
});

interface Asking {
  readonly url?: string;
  readonly credential?: string;
  readonly from?: string;
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
}

/** Asks from an address, as the gateway says it. */
const ask = ({
  url = stack.url,
  credential = "",
  from = "203.0.113.1",
  method = "GET",
  path = "/prompts",
  body,
}: Asking) => tenantWith(url, credential).call(method, path, body, { "x-forwarded-for": from });

/** Sends requests until one is refused for their number. Returns how many were answered otherwise, by their status. */
async function exhaust(headers: Record<string, string>, amount: number): Promise<Map<string, number>> {
  const answered = new Map<string, number>();
  while (!answered.has("429")) {
    const { statusCodeStats = {} } = await autocannon({
      url: `${stack.url}/executions/none`,
      headers,
      connections: 50,
      amount,
    });
    for (const [status, { count = 0 }] of Object.entries(statusCodeStats))
      answered.set(status, (answered.get(status) ?? 0) + count);
  }
  return answered;
}

describe("a tenant that asks too often", () => {
  test("is refused for the rest of the minute by every replica, and nobody else is", async () => {
    const eager = await stack.tenant("eager");
    const headersOfEager = { authorization: `Bearer ${eager.key}` };
    const answered = await exhaust(headersOfEager, 2_020);
    expect(answered.get("400")).toBeGreaterThanOrEqual(MAX_PER_TENANT);
    // A slow machine begins another minute on the way: then it asks again.
    await until("both replicas to refuse the tenant", async () => {
      // The body is not parsed: it would be refused for its form.
      const here = await eager.call("POST", "/prompts", "not read");
      if (here.status !== 429) await exhaust(headersOfEager, 2_020);
      const there = await ask({ url: replica, credential: eager.key });
      return here.body.code === "rate_limited" && there.status === 429 && Number(there.headers.get("retry-after")) > 0
        ? true
        : undefined;
    });
    const { status, headers } = await ask({ url: replica, credential: one.key });
    expect([status, headers.get("x-ratelimit-limit")]).toEqual([200, String(MAX_PER_TENANT)]);
    expect(Number(headers.get("x-ratelimit-remaining"))).toBeGreaterThan(0);
  });
});

describe("an address that shows no valid credential too often", () => {
  const from = "203.0.113.7";

  test("is refused before its body is parsed, and neither another address nor a valid credential is", async () => {
    const { token } = (await one.call<{ token: string }>("POST", "/tokens")).body;
    await until("the address to be refused", async () => {
      await exhaust({ authorization: `Bearer ${createKey()}`, "x-forwarded-for": from }, MAX_PER_ADDRESS);
      const { status, body, headers } = await ask({ from, method: "POST", body: "not read" });
      if (status !== 429) return undefined;
      expect([body.code, Number(headers.get("retry-after")) > 0]).toEqual(["rate_limited", true]);
      const open = await ask({ from, path: "/openapi.json" });
      const probe = await ask({ from, path: "/health/ready" });
      const valid = await Promise.all([one.key, token].map((credential) => ask({ from, credential })));
      // Also when the client claims another address in front of the one that the gateway saw.
      const forged = await ask({ from: `198.51.100.1, ${from}` });
      const statuses = [open, probe, ...valid, forged].map((each) => each.status);
      return JSON.stringify(statuses) === JSON.stringify([429, 200, 200, 200, 429]) ? true : undefined;
    });
    expect((await ask({ from: "203.0.113.8" })).status).toBe(401);
  });

  test("is an IPv4 address, or all of an IPv6 network, and less of both where it is recorded", () => {
    const addresses = [
      "192.0.2.1",
      "::ffff:192.0.2.1",
      "2001:db8::1",
      "2001:DB8:0:0:ffff::1",
      "2001:db8:0:1::1",
      "::1",
      "fe80::1%eth0",
    ];
    expect(addresses.map(networkOf)).toEqual([
      "192.0.2.1",
      "192.0.2.1",
      "2001:db8:0:0::/64",
      "2001:db8:0:0::/64",
      "2001:db8:0:1::/64",
      "0:0:0:0::/64",
      "fe80:0:0:0::/64",
    ]);
    expect([...addresses, "unknown"].map(maskedNetworkOf)).toEqual([
      ...["192.0.2.0/24", "192.0.2.0/24", "2001:db8:0::/48", "2001:db8:0::/48", "2001:db8:0::/48", "0:0:0::/48"],
      ...["fe80:0:0::/48", undefined],
    ]);
  });
});

describe("counts of requests", () => {
  /** Replicas that share counts, on a clock that the test sets. */
  function replicas(count: number): {
    counts: RequestCounts[];
    at: (time: number) => void;
    fail: (fails: boolean) => void;
    writes: () => number;
  } {
    let now = 0;
    let fails = false;
    let writes = 0;
    const known = new Map<string, number>();
    const share: ConstructorParameters<typeof RequestCounts>[0] = (minute, told) => {
      if (fails) return Promise.reject(new Error("away"));
      writes += told.size;
      const sums = [...told].map(([subject, value]): [string, number] => {
        const key = `${minute} ${subject}`;
        known.set(key, (known.get(key) ?? 0) + value);
        return [subject, known.get(key) ?? 0];
      });
      return Promise.resolve(new Map(sums));
    };
    return {
      counts: Array.from({ length: count }, () => new RequestCounts(share, () => now)),
      at: (time) => (now = time),
      fail: (next) => (fails = next),
      writes: () => writes,
    };
  }
  const add = (counts: RequestCounts | undefined, times: number): number =>
    Array.from({ length: times }, () => counts?.add("x", 100).count ?? 0).at(-1) ?? 0;

  test("are exact for a replica, and hold those of the others from the next share on", async () => {
    const { counts, at } = replicas(2);
    const [first, second] = counts;
    expect([add(first, 30), add(second, 20)]).toEqual([30, 20]);
    for (const each of [first, second]) await each?.share();
    expect([add(second, 1), add(first, 1)]).toEqual([51, 31]);
    for (const each of [second, first, second]) await each?.share();
    expect([add(first, 1), add(second, 1)]).toEqual([53, 52]);
    at(60_000);
    expect([add(first, 1), add(second, 1)]).toEqual([1, 1]);
  });

  test("that could not be shared are shared the next time, once", async () => {
    const { counts, fail } = replicas(2);
    const [first, second] = counts;
    add(first, 10);
    fail(true);
    await expect(first?.share()).rejects.toThrow("away");
    fail(false);
    await first?.share();
    await first?.share();
    add(second, 5);
    await second?.share();
    expect(add(second, 1)).toBe(16);
  });

  test("of less than one percent of the limit cost no write", async () => {
    const { counts, writes } = replicas(1);
    counts[0]?.add("rare", 1_000);
    await counts[0]?.share();
    expect(writes()).toBe(0);
    for (let count = 0; count < 9; count += 1) counts[0]?.add("rare", 1_000);
    await counts[0]?.share();
    expect(writes()).toBe(1);
  });
});
