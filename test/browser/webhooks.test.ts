import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { hosts, Receivers, isSigned, type Received } from "../long/webhook-receiver.ts";
import { startWay, type Way } from "../services/egress/internet.ts";
import { type ConsoleStack, startConsole, visitAs, visitSignedIn } from "./console-stack.ts";

let console: ConsoleStack;
let way: Way;
const receivers = new Receivers();
beforeAll(async () => {
  way = await startWay((name, type) => (type === "A" ? hosts[name] : []), receivers.listener);
  console = await startConsole();
  await console.stack.platform.startNotifications("notifications");
});
afterAll(async () => {
  await console.stop();
  await way.stop();
});

/** Refreshes the page until it shows a text. */
const refreshUntil = async (page: Page, text: string): Promise<void> => {
  await expect
    .poll(
      async () => {
        await page.getByRole("button", { name: "Refresh" }).click();
        return page.getByRole("main").innerText();
      },
      { timeout: 120_000, interval: 1_000 },
    )
    .toContain(text);
};

/** Creates a webhook at a path of the receivers, and opens it; its secret. */
async function create(page: Page, path: string): Promise<string> {
  const url = `https://models.example${path}`;
  await page.getByRole("button", { name: "New webhook" }).click();
  await page.getByLabel("URL").fill(url);
  await page.getByRole("button", { name: "Create webhook" }).click();
  const shown = page.getByRole("dialog", { name: "Copy the secret now" });
  const secret = (await shown.locator("code").innerText()).trim();
  await shown.getByRole("button", { name: "Done" }).click();
  await page.getByRole("link", { name: url }).click();
  await page.getByRole("heading", { name: url }).waitFor();
  return secret;
}

describe("a webhook", () => {
  test("shows its secret once, is tested, and shows the attempt and what the receiver answered", async () => {
    const { page, faults } = await visitSignedIn(console, "/webhooks");
    const secret = await create(page, "/first");
    expect(await page.content()).not.toContain(secret);
    await page.getByRole("button", { name: "Send test" }).click();
    const [received] = await receivers.wait("/first");
    expect(isSigned(received as Received, secret)).toBe(true);
    await refreshUntil(page, "delivered");
    await page.getByRole("link", { name: "webhook.test" }).click();
    await page.getByText("Status 200").waitFor();
    await page.getByText("thank you").waitFor();
    await page.getByRole("button", { name: "Send again" }).click();
    const [first, second] = await receivers.wait("/first", 2);
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(faults).toEqual([]);
  });

  test("whose receiver fails says how, and shows its text as text", async () => {
    receivers.behaviours["/failing"] = (response) => {
      response.writeHead(500).end("<script>document.title='owned'</script>");
    };
    const { page } = await visitSignedIn(console, "/webhooks");
    await create(page, "/failing");
    await page.getByRole("button", { name: "Send test" }).click();
    await receivers.wait("/failing");
    await refreshUntil(page, "500");
    await page.getByRole("link", { name: "webhook.test" }).click();
    await page.getByText("Status 500").first().waitFor();
    await page.getByText("<script>document.title='owned'</script>").first().waitFor();
    expect(await page.title()).toBe("webhook.test · PromptOps");
  });

  test("is disabled and enabled, gets another secret, and is deleted", async () => {
    const { page, faults } = await visitSignedIn(console, "/webhooks");
    page.on("dialog", (dialog) => void dialog.accept());
    const secret = await create(page, "/changing");
    await page.getByRole("button", { name: "Disable" }).click();
    await page.getByText("disabled", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Enable" }).click();
    await page.getByText("enabled", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Rotate secret" }).click();
    await page.getByRole("button", { name: "Create another secret" }).click();
    const shown = page.getByRole("dialog", { name: "Copy the secret now" });
    const next = (await shown.locator("code").innerText()).trim();
    expect([next.startsWith("whsec_"), next === secret]).toEqual([true, false]);
    await shown.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { name: "Webhooks", exact: true }).waitFor();
    expect(await page.getByRole("link", { name: "/changing" }).count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test("at an address that is not permitted is explained in the dialog", async () => {
    const { page } = await visitAs(console, "administrator", "/webhooks");
    await page.getByRole("button", { name: "New webhook" }).click();
    await page.getByLabel("URL").fill("https://127.0.0.1/");
    await page.getByRole("button", { name: "Create webhook" }).click();
    await page.getByRole("alert").getByText("url").waitFor();
  });
});
