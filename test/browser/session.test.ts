import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COOKIE, CookieKeys, type Session, setCookie } from "../../services/console/cookie.ts";
import { COOKIE_KEYS } from "../../services/console/service.ts";
import { portOfServer } from "../../services/shared/runtime/probes.ts";
import { type ConsoleStack, OWNER, signIn, startConsole, visit, visitSignedIn } from "./console-stack.ts";

let console: ConsoleStack;
let keys: CookieKeys;
beforeAll(async () => {
  console = await startConsole();
  const file = join(dirname(console.stack.secrets), "console", COOKIE_KEYS);
  keys = new CookieKeys(() => readFileSync(file, "utf8"));
});
afterAll(async () => {
  await console.stop();
});

const sessionIn = async (context: BrowserContext): Promise<Session> => {
  const cookie = (await context.cookies()).find(({ name }) => name === COOKIE);
  return (await keys.open(cookie?.value ?? "")) as Session;
};

/** As if the token had expired a quarter of an hour after it was made. */
async function expireToken(context: BrowserContext): Promise<Session> {
  const session = await sessionIn(context);
  const value = await keys.seal({ ...session, token: "expired", tokenExpiresAt: Date.now() });
  // Cookies are of a host, whatever the port.
  const other = createServer((_, response) => response.setHeader("set-cookie", setCookie(value, session)).end());
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${portOfServer(other)}`);
  await page.close();
  other.close();
  return session;
}

/** Ends every session at the API, as an administrator does who suspends a user. */
async function endSessions(): Promise<void> {
  const client = new Client({ connectionString: console.stack.platform.databaseUrl });
  await client.connect();
  await client.query("UPDATE sessions SET ended_at = now() WHERE ended_at IS NULL");
  await client.end();
}

describe("signing in", () => {
  test("returns to the page that was asked for", async () => {
    const { page, faults } = await visit(console, "/executions?from=a-link");
    await signIn(page);
    await page.getByRole("heading", { name: "Executions" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/executions");
    expect(faults).toEqual([]);
  });

  test.each(["https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)"])(
    "never leads to another site: %s",
    async (to) => {
      const { page } = await visit(console, `/sign-in?to=${encodeURIComponent(to)}`);
      await signIn(page);
      await page.getByRole("heading", { name: "Prompts", exact: true }).waitFor();
      expect(page.url()).toBe(`${console.url}/prompts`);
    },
  );

  test("says that a password is wrong, and keeps the input", async () => {
    const { page } = await visit(console, "/");
    await signIn(page, { ...OWNER, password: "not this one, but another" });
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("password is wrong");
    expect(await page.getByLabel("E-mail").inputValue()).toBe(OWNER.email);
  });

  test("leaves scripts no token to read", async () => {
    const { page, context } = await visitSignedIn(console, "/prompts");
    const { token, refreshToken } = await sessionIn(context);
    const readable = await page.evaluate<string>(
      "JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML])",
    );
    expect(readable).not.toContain(COOKIE);
    for (const secret of [token, refreshToken]) expect(readable).not.toContain(secret);
    expect(await page.evaluate("indexedDB.databases().then((all) => all.length)")).toBe(0);
  });
});

describe("a token that has expired", () => {
  test("is refreshed unseen", async () => {
    const { page, context, faults } = await visitSignedIn(console, "/prompts");
    const before = await expireToken(context);
    await page.getByRole("link", { name: "Executions" }).click();
    await page.getByRole("heading", { name: "Executions" }).waitFor();
    expect((await sessionIn(context)).refreshToken).not.toBe(before.refreshToken);
    expect(faults).toEqual([]);
  });

  test("is refreshed once for several tabs, so that the session goes on", async () => {
    const { page, context } = await visitSignedIn(console, "/prompts");
    const pages = [page, await context.newPage(), await context.newPage()];
    for (const each of pages) await each.goto(`${console.url}/prompts`);
    await expireToken(context);
    await Promise.all(
      pages.map(async (each) => {
        await each.getByRole("link", { name: "Executions" }).click();
        await each.getByRole("heading", { name: "Executions" }).waitFor();
      }),
    );
    await page.getByRole("link", { name: "Usage" }).click();
    await page.getByRole("heading", { name: "Usage" }).waitFor();
  });
});

describe("a session that has ended", () => {
  test("asks again in place, loses no input, and sends what waited", async () => {
    const { page, faults } = await visitSignedIn(console, "/prompts/new");
    await page.getByLabel("Name", { exact: true }).fill("kept");
    await page.getByLabel("Text of message 1").fill("Greet {{name}}.");
    await endSessions();
    // Replicas of the API remember a session for two seconds: until then it would be accepted.
    await expect
      .poll(() => page.evaluate("fetch('/api/models').then(({ status }) => status)"), { timeout: 30_000 })
      .toBe(401);
    await page.getByRole("button", { name: "Create prompt" }).click();
    const dialog = page.getByRole("dialog", { name: "Your session has ended" });
    await dialog.getByLabel("Password").fill(OWNER.password);
    await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("heading", { name: "kept" }).waitFor();
    expect(await page.getByText("Greet {{name}}.").count()).toBe(1);
    expect(faults).toEqual([]);
  });
});

describe("signing out", () => {
  test("ends the session at the API, and in the other tabs", async () => {
    const { page, context } = await visitSignedIn(console, "/prompts");
    const { token } = await sessionIn(context);
    const other = await context.newPage();
    await other.goto(`${console.url}/executions`);
    await other.getByRole("heading", { name: "Executions" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await sessionIn(context)).toBeUndefined();
    const status = async (): Promise<number> =>
      (await fetch(`${console.stack.url}/models`, { headers: { authorization: `Bearer ${token}` } })).status;
    await expect.poll(status, { timeout: 30_000 }).toBe(401);
  });
});
