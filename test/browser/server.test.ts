import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceProcess } from "../../local/service-process.ts";
import { addOwner } from "../../local/seed.ts";
import { COOKIE } from "../../services/console/cookie.ts";
import { consoleService } from "../../services/console/service.ts";
import { API_TYPES, apiTypes } from "../../tools/console-api-types.ts";
import { startStack, type Stack, type Tenant } from "../services/stack.ts";
import { OWNER } from "./console-stack.ts";

let stack: Stack;
let tenant: Tenant;
let server: ServiceProcess;
let url: string;
let cookie: string;
beforeAll(async () => {
  stack = await startStack({ services: [consoleService], simulator: { tokenMilliseconds: 100 } });
  server = await stack.platform.startOther(consoleService);
  url = `http://127.0.0.1:${server.ports["http"] ?? 0}`;
  tenant = await stack.tenant(OWNER.organization);
  await addOwner(stack.platform.databaseUrl, OWNER.organization, OWNER);
  const answer = await signIn();
  cookie = (answer.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
});
afterAll(async () => {
  await stack.stop();
});

const SAME = { "sec-fetch-site": "same-origin" };
const signIn = (body: unknown = OWNER): Promise<Response> =>
  fetch(`${url}/session`, {
    method: "POST",
    headers: { "content-type": "application/json", ...SAME },
    body: JSON.stringify(body),
  });
const get = (path: string, headers: Record<string, string> = SAME): Promise<Response> =>
  fetch(url + path, { headers: { cookie, ...headers } });

describe("the session's cookie", () => {
  test("is only sent to this host, over TLS, by its own pages, and no script can read it", async () => {
    const answer = await signIn();
    const [pair = "", ...attributes] = (answer.headers.getSetCookie()[0] ?? "").split("; ");
    expect(pair).toMatch(new RegExp(`^${COOKIE}=[\\w.-]+$`));
    expect(attributes).toEqual([
      "Path=/",
      "Secure",
      "HttpOnly",
      "SameSite=Strict",
      expect.stringMatching(/^Max-Age=\d+$/),
    ]);
    expect(await answer.json()).toEqual({ session: { organization: OWNER.organization, email: OWNER.email } });
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test("is set when an invitation is accepted, and the answer has no token", async () => {
    const email = "grace@example.com";
    const { body } = await tenant.call("POST", "/users", { email, role: "viewer" });
    const accept = (sent: object): Promise<Response> =>
      fetch(`${url}/session/invitation`, {
        method: "POST",
        headers: { "content-type": "application/json", ...SAME },
        body: JSON.stringify(sent),
      });
    expect((await accept({ invitation: body.invitation })).status).toBe(400);
    const acceptance = { invitation: body.invitation as string, password: OWNER.password };
    const accepted = await accept(acceptance);
    expect(await accepted.json()).toEqual({ session: { organization: OWNER.organization, email } });
    const own = (accepted.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
    expect(await (await get("/api/users/me", { cookie: own, ...SAME })).json()).toMatchObject({
      email,
      role: "viewer",
    });
    const again = await accept(acceptance);
    expect([again.status, again.headers.getSetCookie()]).toEqual([401, []]);
  });

  test.each(["", "x", "a.b.c.d.e", "eyJhbGciOiJub25lIn0..."])("is no session if it is '%s'", async (value) => {
    const answer = await get("/session", { cookie: `${COOKIE}=${value}`, ...SAME });
    expect(await answer.json()).toEqual({ session: null });
  });

  test("opens nothing after a character of it was changed", async () => {
    const changed = cookie.slice(0, -3) + (cookie.at(-3) === "A" ? "B" : "A") + cookie.slice(-2);
    expect((await get("/api/models", { cookie: changed, ...SAME })).status).toBe(401);
    expect((await get("/api/models")).status).toBe(200);
  });
});

describe("other sites", () => {
  test.each([
    ["by Sec-Fetch-Site", { "sec-fetch-site": "cross-site" }],
    ["on another host of the domain", { "sec-fetch-site": "same-site" }],
    ["by Origin, in older browsers", { origin: "https://example.com" }],
    ["by an opaque Origin", { origin: "null" }],
  ])("are refused %s", async (_, headers) => {
    for (const path of ["/api/prompts", "/session", "/session/invitation"]) {
      const answer = await fetch(url + path, { method: "POST", headers: { cookie, ...headers } });
      expect(await answer.json()).toMatchObject({ status: 403, code: "cross_site" });
    }
    expect((await get("/api/models", headers)).status).toBe(403);
  });

  test("are refused even if they send neither, to change something", async () => {
    expect((await fetch(`${url}/session`, { method: "DELETE", headers: { cookie } })).status).toBe(403);
  });
});

describe("the API behind it", () => {
  test.each([
    "login",
    "login/oidc",
    "tokens",
    "tokens/refresh",
    "logout",
    "invitations/accept",
    "x/../login",
    "%6cogin",
  ])("gives pages no credentials: /%s", async (path) => {
    const answer = await fetch(`${url}/api/${path}`, { method: "POST", headers: { cookie, ...SAME } });
    expect(answer.status).toBe(404);
  });

  test("streams events as they come", async () => {
    const id = await tenant.execute(await tenant.prompt("slow"), "hello");
    const answer = await get(`/api/executions/${id}/stream`, { accept: "text/event-stream", ...SAME });
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    let chunks = 0;
    for (let done = false; !done; chunks += 1) ({ done } = await reader.read());
    // Of 33 tokens, 100 ms apart, a buffer would make one or two.
    expect(chunks).toBeGreaterThan(5);
  });

  test("gets no header of the browser that it does not need", async () => {
    expect((await get("/api/models", { ...SAME, authorization: `Bearer ${tenant.key}`, cookie: "" })).status).toBe(401);
  });
});

describe("the files", () => {
  test("are cached for a year and compressed, and the page never", async () => {
    const page = await get("/prompts", {});
    const html = await page.text();
    expect(page.headers.get("cache-control")).toBe("no-store");
    const [, script = ""] = /src="(\/assets\/[^"]+\.js)"/.exec(html) ?? [];
    const file = await get(script, { "accept-encoding": "br" });
    expect(file.headers.get("content-encoding")).toBe("br");
    expect(file.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect((await get(script, { "accept-encoding": "identity" })).headers.get("content-encoding")).toBeNull();
    expect((await get("/assets/unknown.js")).status).toBe(404);
  });

  test("have a policy without inline scripts and styles, and a new nonce each time", async () => {
    const policies = await Promise.all(
      [get("/"), get("/")].map(async (page) => (await page).headers.get("content-security-policy") ?? ""),
    );
    expect(policies[0]).not.toMatch(/unsafe|\*|https?:/);
    expect(policies[0]).toContain("default-src 'none'");
    expect(policies[0]).not.toBe(policies[1]);
  });
});

test("the types of the API are those of its document; 'npm run build:console-types' writes them", async () => {
  const document = await (await fetch(`${stack.url}/openapi.json`)).text();
  expect(readFileSync(API_TYPES, "utf8")).toBe(await apiTypes(document));
});

test("logs no token, cookie or password", async () => {
  await signIn({ ...OWNER, password: "a-password-that-is-wrong" });
  const lines = stack.lines.filter(({ service }) => service === consoleService.name).map(({ line }) => line);
  expect(lines.length).toBeGreaterThan(0);
  for (const secret of [cookie.slice(-40), OWNER.password, "a-password-that-is-wrong", "por_", "poi_"])
    expect(lines.join("\n")).not.toContain(secret);
});
