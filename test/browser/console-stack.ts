import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import { addOwner } from "../../local/seed.ts";
import type { Role } from "../../services/api/roles.ts";
import type { ServiceProcess } from "../../local/service-process.ts";
import { consoleService } from "../../services/console/service.ts";
import { startStack, type Stack, type StackOptions, type Tenant } from "../services/stack.ts";
import { launch } from "./chromium.ts";

/** Milliseconds after which what a page should show counts as missing, on a machine that does much else. */
const PATIENCE = 90_000;

export const OWNER = { organization: "acme", email: "ada@example.com", password: "correct horse battery staple" };

/** The platform with the console, a tenant with an owner, and a browser. */
export interface ConsoleStack {
  readonly stack: Stack;
  readonly tenant: Tenant;
  readonly url: string;
  readonly server: ServiceProcess;
  readonly browser: Browser;
  stop(): Promise<void>;
}

/** A visitor's browser, with what went wrong in its pages. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of scripts, and what the content security policy refused. */
  readonly faults: string[];
}

export async function startConsole(options: StackOptions = {}): Promise<ConsoleStack> {
  const stack = await startStack({ ...options, services: [consoleService] });
  try {
    const server = await stack.platform.startOther(consoleService);
    const tenant = await stack.tenant(OWNER.organization);
    await addOwner(stack.platform.databaseUrl, OWNER.organization, OWNER);
    const browser = await launch();
    return {
      ...{ stack, tenant, server, browser, url: `http://127.0.0.1:${server.ports["http"] ?? 0}` },
      stop: async () => {
        await browser.close();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

export async function visit(
  { browser, url }: Pick<ConsoleStack, "browser" | "url">,
  path: string,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: url, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    // The browser reports a refusal of the server, too, which the page shows.
    const isRefusal = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isRefusal) faults.push(message.text());
  });
  await page.goto(path);
  return { context, page, faults };
}

/** Signs in on the page that asks for it. */
export async function signIn(page: Page, { organization, email, password } = OWNER): Promise<void> {
  await page.getByLabel("Organization").fill(organization);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Waits until an expression is true in a page. `waitForFunction` would need `eval`, which the policy of the page refuses. */
export const untilInPage = (page: Page, expression: string): Promise<void> =>
  expect.poll(() => page.evaluate<boolean>(expression), { timeout: PATIENCE }).toBe(true);

let users = 0;

/** A visitor who has signed in as an owner, on a page. */
export const visitSignedIn = (
  console: ConsoleStack,
  path: string,
  options?: Parameters<Browser["newContext"]>[0],
): Promise<Visitor> => visitAs(console, "owner", path, options);

/** A visitor who has signed in, on a page: a new user, since few logins of one user are permitted in a minute. */
export async function visitAs(
  console: ConsoleStack,
  role: Role,
  path: string,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Visitor> {
  const user = { ...OWNER, email: `${role}-${(users += 1)}@example.com` };
  const { body } = await console.tenant.call("POST", "/users", { email: user.email, role });
  await console.tenant.call("POST", "/invitations/accept", { invitation: body.invitation, password: user.password });
  const visitor = await visit(console, path, options);
  await signIn(visitor.page, user);
  await visitor.page.waitForURL((address) => address.pathname !== "/sign-in");
  return visitor;
}
