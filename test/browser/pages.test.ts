import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConsoleStack, visit, visitSignedIn } from "./console-stack.ts";
import { type Pages, startFullConsole } from "./every-page.ts";

const sizes = [
  { name: "phone", width: 360, height: 740 },
  { name: "tablet", width: 768, height: 1024 },
  { name: "desktop", width: 1440, height: 900 },
] as const;
const SCREENSHOTS = join(import.meta.dirname, "..", "..", "dist", "screenshots");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let console: ConsoleStack;
let pages: Pages;
beforeAll(async () => {
  ({ console, pages } = await startFullConsole());
  mkdirSync(SCREENSHOTS, { recursive: true });
});
afterAll(async () => {
  await console.stop();
});

/** What axe-core finds: rules of WCAG 2.2 AA and best practices. */
async function violations(page: Page): Promise<string[]> {
  // As a file of the page's own would run: the policy permits no script inside the page.
  await page.evaluate(AXE);
  return page.evaluate<string[]>(
    "axe.run(document).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`)))",
  );
}

const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");

describe.each(sizes)("at $width px", ({ name: size, width, height }) => {
  test.each(["light", "dark"] as const)(
    "every page fits, shows hostile text as text, and has no finding of axe-core, %s",
    async (colorScheme) => {
      const findings: Record<string, unknown> = {};
      const look = async (page: Page, name: string): Promise<void> => {
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${size}-${colorScheme}.png`), fullPage: true });
        const found = await violations(page);
        if (await scrollsSideways(page)) found.push("it scrolls sideways");
        if ((await page.title()) === "owned") found.push("a script of a user ran");
        if (found.length > 0) findings[name] = found;
      };
      const options = { viewport: { width, height }, colorScheme };
      const stranger = await visit(console, "/sign-in", options);
      await stranger.page.getByRole("heading", { name: "Sign in" }).waitFor();
      await look(stranger.page, "sign-in");
      await stranger.page.goto("/invitation#poi_unknown");
      await stranger.page.getByRole("heading", { name: "Choose a password" }).waitFor();
      await look(stranger.page, "invitation");
      const { page, faults } = await visitSignedIn(console, "/prompts", options);
      for (const [name, { path, heading }] of Object.entries(pages)) {
        await page.goto(path);
        await page.getByRole("heading", { name: heading, exact: true }).waitFor();
        await look(page, name);
      }
      expect(findings).toEqual({});
      expect([...faults, ...stranger.faults]).toEqual([]);
    },
  );
});

test("the first page loads with less than 200 KB over the network", async () => {
  const { page, context } = await visitSignedIn(console, "/prompts");
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto("/prompts", { waitUntil: "networkidle" });
  await page.getByRole("heading", { name: "Prompts", exact: true }).waitFor();
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(200_000);
});
