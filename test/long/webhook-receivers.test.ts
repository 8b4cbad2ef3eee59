import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Tenant, until } from "../services/stack.ts";
import { createHook, deliveryOf, type Hook, type Hooks, hosts, startHooks } from "./webhook-receiver.ts";

/** More than are attempted at once to an endpoint. */
const MANY = 40;
/** As many as are attempted at once of a tenant, but for endpoints that have none under way. */
const MAX_PER_TENANT = 32;

let hooks: Hooks;
let one: Tenant;
let other: Tenant;
/** Addresses of a name, of which each time that it is asked for takes the next one, and the last one from then on. */
const rebound = ["93.184.215.14", "169.254.169.254"];

beforeAll(async () => {
  Object.assign(hosts, {
    "metadata.example": ["169.254.169.254"],
    "loopback.example": ["127.0.0.1"],
    "private.example": ["10.0.0.7"],
    "mixed.example": ["93.184.215.14", "10.0.0.7"],
  });
  hooks = await startHooks({
    zone: (name, type, time) => {
      if (name === "loopback6.example") return type === "AAAA" ? ["::1"] : [];
      if (type !== "A") return hosts[name] && [];
      return name === "other.example" ? [rebound[Math.min(time, rebound.length - 1)] as string] : hosts[name];
    },
  });
  [one, other] = [await hooks.stack.tenant("one"), await hooks.stack.tenant("other")];
});
afterAll(async () => {
  await hooks.stop();
});

const sendTest = async (tenant: Tenant, { id }: Hook): Promise<void> => {
  const { status } = await tenant.call("POST", `/webhooks/${id}/test`);
  expect(status).toBe(201);
};

/** What a test of a webhook at a URL came to at first. */
async function firstAttempt(url: string): Promise<Record<string, unknown>> {
  const hook = await createHook(one, "", { url });
  await sendTest(one, hook);
  const { log } = await deliveryOf(one, hook, (delivery) => delivery["log"].length > 0);
  expect((await one.call("DELETE", `/webhooks/${hook.id}`)).status).toBe(204);
  return log[0] as Record<string, unknown>;
}

describe("a URL", () => {
  test.each([
    ["http://models.example/plain"],
    ["https://127.0.0.1/"],
    ["https://169.254.169.254/latest/meta-data"],
    ["https://[::1]/"],
    ["https://[::ffff:10.0.0.1]/"],
    ["https://2130706433/"],
    ["https://models.example:8443/"],
    ["https://user:password@models.example/"],
    ["https://models.example/#fragment"],
    ["ftp://models.example/"],
    ["models.example"],
  ])("%s is refused", async (url) => {
    const { status, body } = await one.call("POST", "/webhooks", { url, events: ["execution.failed"] });
    expect([status, body.faults?.[0]?.path]).toEqual([400, "body/url"]);
  });
});

describe("a host with an address that is not on the internet", () => {
  test.each(["metadata", "loopback", "loopback6", "private", "mixed"])("%s.example is sent nothing", async (name) => {
    const before = hooks.receivers.received.length;
    expect(await firstAttempt(`https://${name}.example/`)).toMatchObject({
      ...{ status: null, error: "destination_ip_prohibited", excerpt: null },
    });
    expect(hooks.receivers.received).toHaveLength(before);
  });

  test("is sent nothing when its name gets that address after a first delivery", async () => {
    const hook = await createHook(one, "", { url: "https://other.example/rebound" });
    await sendTest(one, hook);
    await deliveryOf(one, hook, ({ state }) => state === "delivered");
    await sendTest(one, hook);
    const refused = await deliveryOf(one, hook, ({ error }) => error !== null);
    expect(refused["error"]).toBe("destination_ip_prohibited");
    expect(hooks.receivers.at("/rebound")).toHaveLength(1);
  });
});

describe("a receiver", () => {
  test("that redirects is not followed", async () => {
    hooks.receivers.behaviours["/redirects"] = (response) =>
      response.writeHead(307, { location: "https://models.example/target" }).end();
    expect(await firstAttempt("https://models.example/redirects")).toMatchObject({ status: 307, error: "rejected" });
    expect(hooks.receivers.at("/target")).toEqual([]);
  });

  test("that sends a header without end is unreachable", async () => {
    hooks.receivers.behaviours["/headers"] = (response) =>
      response.writeHead(200, { "x-large": "x".repeat(100_000) }).end();
    expect(await firstAttempt("https://models.example/headers")).toMatchObject({
      ...{ status: null, error: "http_response_header_section_size" },
    });
  });

  test("that speaks no HTTP is unreachable", async () => {
    hooks.receivers.behaviours["/other-protocol"] = ({ socket }) => socket?.end("220 mail.example ESMTP\r\n");
    expect(await firstAttempt("https://models.example/other-protocol")).toMatchObject({
      status: null,
      error: "http_protocol_error",
    });
  });

  test("that closes the connection is unreachable", async () => {
    hooks.receivers.behaviours["/closes"] = ({ socket }) => socket?.destroy();
    expect(await firstAttempt("https://models.example/closes")).toMatchObject({
      status: null,
      error: "connection_terminated",
    });
  });

  test("whose certificate is of another name is unreachable", async () => {
    hosts["stranger.example"] = ["93.184.215.14"];
    expect(await firstAttempt("https://stranger.example/")).toMatchObject({
      status: null,
      error: "tls_certificate_error",
    });
  });

  test("whose body has no end is read to a bound, and has accepted", async () => {
    let sent = 0;
    hooks.receivers.behaviours["/endless"] = (response) => {
      const write = (): void => {
        while (!response.destroyed && response.write("endless ".repeat(1_000))) sent += 8_000;
      };
      response.on("drain", write);
      write();
    };
    const attempt = await firstAttempt("https://models.example/endless");
    expect(attempt).toMatchObject({ status: 200, error: null });
    expect(attempt["excerpt"]).toHaveLength(500);
    expect(sent).toBeLessThan(50_000_000);
  });

  test("that answers without a body has accepted", async () => {
    hooks.receivers.behaviours["/no-content"] = (response) => response.writeHead(204).end();
    expect(await firstAttempt("https://models.example/no-content")).toMatchObject({
      status: 204,
      error: null,
      excerpt: null,
    });
  });

  test("that answers 410 is sent nothing more, which is recorded as the platform's act", async () => {
    const hook = await createHook(one, "/gone");
    hooks.receivers.behaviours["/gone"] = (response) => response.writeHead(410).end();
    await sendTest(one, hook);
    await deliveryOf(one, hook, ({ state }) => state === "failed");
    const { body } = await one.call("GET", `/webhooks/${hook.id}`);
    expect(body).toMatchObject({ enabled: false, disabledReason: "gone" });
    expect(await one.call("POST", `/webhooks/${hook.id}/test`)).toMatchObject({
      status: 409,
      body: { code: "webhook_disabled" },
    });
    const { body: audited } = await one.call("GET", `/audit?object=${hook.id}&action=webhook.disable`);
    expect(audited.events).toMatchObject([{ actor: { kind: "system", id: null }, details: { reason: "gone" } }]);
  });

  test("that failed for five days is disabled by its next failure, and not before", async () => {
    const hook = await createHook(one, "/days");
    hooks.receivers.behaviours["/days"] = (response) => response.writeHead(500).end();
    const failSince = (interval: string): Promise<unknown> =>
      hooks.database.query(`UPDATE webhook_endpoints SET failing_since = now() - $2::interval WHERE id = $1`, [
        hook.id,
        interval,
      ]);
    await failSince("4 days 23 hours");
    await sendTest(one, hook);
    await deliveryOf(one, hook, ({ log }) => log.length === 1);
    expect((await one.call("GET", `/webhooks/${hook.id}`)).body).toMatchObject({ enabled: true });
    await failSince("5 days");
    await sendTest(one, hook);
    await deliveryOf(one, hook, ({ log }) => log.length === 1);
    const { body } = await one.call("GET", `/webhooks/${hook.id}`);
    expect(body).toMatchObject({ enabled: false, disabledReason: "failing" });
    const enabled = await one.call("PATCH", `/webhooks/${hook.id}`, { enabled: true });
    expect(enabled.body).toMatchObject({ enabled: true, disabledReason: null, failingSince: null });
  });
});

describe("receivers that hang and drip", () => {
  test("keep no delivery of another webhook waiting, of their tenant or of another", async () => {
    hooks.receivers.behaviours["/hangs"] = () => undefined;
    hooks.receivers.behaviours["/drips"] = (response) => {
      response.writeHead(500);
      const dripping = setInterval(() => response.write("."), 100);
      response.on("close", () => {
        clearInterval(dripping);
      });
    };
    const slow = [await createHook(one, "/hangs"), await createHook(one, "/drips")];
    const healthy = [await createHook(one, "/healthy"), await createHook(other, "/healthy")];
    for (const hook of slow) for (let number = 0; number < MANY; number += 1) await sendTest(one, hook);
    const count = async (where: string): Promise<number> =>
      (
        await hooks.database.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM webhook_deliveries WHERE ${where}`,
        )
      ).rows[0]?.count ?? 0;
    await until("the tenant's share to be used up", async () =>
      (await count("attempt > 0 AND finished_at IS NULL")) >= MAX_PER_TENANT ? true : undefined,
    );
    await sendTest(one, healthy[0] as Hook);
    await sendTest(other, healthy[1] as Hook);
    await hooks.receivers.wait("/healthy", 2);
    // The others still wait for each other.
    expect(await count(`attempt = 0 AND endpoint_id IN ('${slow.map(({ id }) => id).join("', '")}')`)).toBeGreaterThan(
      0,
    );
  });
});
