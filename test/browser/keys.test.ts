import { afterAll, beforeAll, expect, test } from "vitest";
import { tenantWith } from "../services/stack.ts";
import { type ConsoleStack, startConsole, visitSignedIn } from "./console-stack.ts";

let console: ConsoleStack;
beforeAll(async () => {
  console = await startConsole({ workers: 0 });
});
afterAll(async () => {
  await console.stop();
});

test("an API key is shown once, works, and is refused after it was revoked", async () => {
  const { page, faults } = await visitSignedIn(console, "/api-keys");
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API key" });
  await dialog.getByLabel("Name", { exact: true }).fill("ci");
  await dialog.getByText("models:read").click();
  await dialog.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("heading", { name: "Copy the key now" }).waitFor();
  const key = await page.locator("code.secret").innerText();
  const holder = tenantWith(console.stack.url, key);
  expect((await holder.call("GET", "/models")).status).toBe(200);
  expect((await holder.call("GET", "/custom-models")).status).toBe(200);
  expect((await holder.call("GET", "/api-keys")).status).toBe(403);

  await page.getByRole("button", { name: "Done" }).click();
  await page.reload();
  await page.getByRole("rowheader", { name: "ci", exact: true }).waitFor();
  expect(await page.content()).not.toContain(key);

  page.on("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: "Revoke key ci", exact: true }).click();
  await page.getByRole("row", { name: /^ci/ }).getByText("revoked").waitFor();
  await expect.poll(async () => (await holder.call("GET", "/models")).status, { timeout: 60_000 }).toBe(401);
  expect(faults).toEqual([]);
});
