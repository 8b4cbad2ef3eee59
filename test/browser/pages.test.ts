import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flawsOf, screenshot, sizes } from "./chromium.ts";
import { type ConsoleStack, visit, visitSignedIn } from "./console-stack.ts";
import { type Pages, startFullConsole } from "./every-page.ts";

let console: ConsoleStack;
let pages: Pages;
beforeAll(async () => {
  ({ console, pages } = await startFullConsole());
});
afterAll(async () => {
  await console.stop();
});

describe.each(sizes)("at $width px", ({ name: size, width, height }) => {
  test.each(["light", "dark"] as const)(
    "every page fits, shows hostile text as text, and has no finding of axe-core, %s",
    async (colorScheme) => {
      const findings: Record<string, unknown> = {};
      const look = async (page: Page, name: string): Promise<void> => {
        await page.screenshot({ path: screenshot(`${name}-${size}-${colorScheme}`), fullPage: true });
        const found = await flawsOf(page);
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
