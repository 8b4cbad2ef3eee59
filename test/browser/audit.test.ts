import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConsoleStack, startConsole, visitSignedIn } from "./console-stack.ts";

/** More than a page of the console, which has 50 rows. */
const PROMPTS = 60;

let console: ConsoleStack;
beforeAll(async () => {
  console = await startConsole({ workers: 0 });
  for (let number = 1; number <= PROMPTS; number += 1) await console.tenant.prompt(`prompt-${number}`);
});
afterAll(async () => {
  await console.stop();
});

describe("audit events", () => {
  test("are filtered by action, and paged", async () => {
    const { page, faults } = await visitSignedIn(console, "/audit");
    await page.getByLabel("Action").selectOption("prompt.create");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/action=prompt.create/);
    const rows = page.getByRole("rowheader");
    // The page before has as many rows.
    await expect
      .poll(() => rows.allTextContents(), { timeout: 60_000 })
      .toEqual(Array.from({ length: 50 }, () => "prompt.create"));
    await page.getByRole("link", { name: "Older" }).click();
    await expect.poll(() => rows.count(), { timeout: 60_000 }).toBe(PROMPTS - 50);
    expect(page.url()).toContain("action=prompt.create");
    expect(faults).toEqual([]);
  });

  test("are filtered by actor and by day, and show what was recorded", async () => {
    const { page } = await visitSignedIn(console, "/audit");
    const own = await page.getByRole("banner").getByText("@example.com").innerText();
    await page.getByLabel("Actor").selectOption({ label: own });
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/actor=/);
    const sessions = page.getByRole("row").filter({ hasText: "session.create" });
    await sessions.first().waitFor();
    await sessions.first().getByRole("button", { name: "Details" }).click();
    const dialog = page.getByRole("dialog", { name: "session.create" });
    expect(await dialog.innerText()).toContain(own);
    await page.keyboard.press("Escape");
    await page.getByLabel("To (UTC)").fill("2020-01-01");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("heading", { name: "No event matches" }).waitFor();
  });

  test("are exported whole", async () => {
    const { page } = await visitSignedIn(console, "/audit");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export" }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .trimEnd()
      .split("\n");
    expect(JSON.parse(lines.at(-1) ?? "")).toEqual({ events: lines.length - 1 });
    expect(lines.filter((line) => line.includes('"prompt.create"'))).toHaveLength(PROMPTS);
  });

  test("of an object that is no id are refused with the rule", async () => {
    const { page } = await visitSignedIn(console, "/audit?object=everything");
    await page.getByRole("alert").getByText("object").waitFor();
  });
});
