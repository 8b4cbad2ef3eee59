import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { type ConsoleStack, OWNER, startConsole, visit, visitAs, visitSignedIn } from "./console-stack.ts";

let console: ConsoleStack;
beforeAll(async () => {
  console = await startConsole();
});
afterAll(async () => {
  await console.stop();
});

const rowOf = (page: Page, email: string) => page.getByRole("row").filter({ hasText: email });

/** Opens the dialog of a member. */
async function manage(page: Page, email: string) {
  await page.getByRole("button", { name: `Manage ${email}` }).click();
  return page.getByRole("dialog", { name: email });
}

/** Accepts the next questions of the page. */
const confirmAll = (page: Page): void => {
  page.on("dialog", (dialog) => void dialog.accept());
};

describe("a member", () => {
  test("is invited by a link that is shown once, and signs in with it", async () => {
    const { page, faults } = await visitSignedIn(console, "/members");
    await page.getByRole("button", { name: "Invite member" }).click();
    await page.getByLabel("E-mail").fill("grace@example.com");
    await page.getByLabel("Role").selectOption("viewer");
    await page.getByRole("button", { name: "Create invitation" }).click();
    const shown = page.getByRole("dialog", { name: "Copy the link now" });
    const link = (await shown.locator("code").innerText()).trim();
    await shown.getByRole("button", { name: "Done" }).click();
    await rowOf(page, "grace@example.com").getByText("invited").waitFor();
    expect(await page.content()).not.toContain(link.split("#")[1]);

    const invited = await visit(console, link);
    await invited.page.getByLabel("New password").fill(OWNER.password);
    await invited.page.getByRole("button", { name: "Set password and sign in" }).click();
    await invited.page.getByRole("heading", { name: "Prompts", exact: true }).waitFor();
    await invited.page.getByRole("banner").getByText("grace@example.com").waitFor();
    expect(invited.page.url()).toBe(`${console.url}/prompts`);

    const again = await visit(console, link);
    await again.page.getByLabel("New password").fill(OWNER.password);
    await again.page.getByRole("button", { name: "Set password and sign in" }).click();
    await again.page.getByRole("alert").waitFor();
    expect(await again.page.getByRole("alert").innerText()).toContain("has expired or was already used");
    expect([...faults, ...invited.faults]).toEqual([]);
  });

  test("gets another role, is suspended and resumed, gets a reset of the password, and is removed", async () => {
    const member = await visitAs(console, "member", "/prompts");
    const email = await member.page.getByRole("banner").getByText("@example.com").innerText();
    const { page, faults } = await visitSignedIn(console, "/members");
    confirmAll(page);
    let dialog = await manage(page, email);
    await dialog.getByLabel("Role").selectOption("administrator");
    await dialog.getByRole("button", { name: "Change role" }).click();
    await rowOf(page, email).getByText("administrator").waitFor();

    dialog = await manage(page, email);
    await dialog.getByRole("button", { name: "Suspend" }).click();
    await rowOf(page, email).getByText("suspended").waitFor();
    dialog = await manage(page, email);
    await dialog.getByRole("button", { name: "Resume" }).click();
    await rowOf(page, email).getByText("active").waitFor();

    dialog = await manage(page, email);
    await dialog.getByRole("button", { name: "Reset password" }).click();
    await page.getByRole("dialog", { name: "Copy the link now" }).getByText("/invitation#").waitFor();
    await page.keyboard.press("Escape");

    dialog = await manage(page, email);
    await dialog.getByRole("button", { name: "Remove from the organization" }).click();
    await rowOf(page, email).waitFor({ state: "detached" });
    expect(faults).toEqual([]);
  });

  test("who outranks the user, and the user, are not offered to be changed", async () => {
    await visitSignedIn(console, "/prompts");
    const { page } = await visitAs(console, "administrator", "/members");
    const own = await page.getByRole("banner").getByText("@example.com").innerText();
    await rowOf(page, own).getByText("you", { exact: true }).waitFor();
    for (const row of [rowOf(page, own), page.getByRole("row").filter({ hasText: "owner-" }).first()])
      expect(await row.getByRole("button").count()).toBe(0);
    await page.getByRole("button", { name: "Invite member" }).click();
    const roles = await page.getByLabel("Role").getByRole("option").allTextContents();
    expect(roles).toEqual(["administrator", "member", "viewer"]);
  });

  test("that the API refuses to change is explained in the dialog", async () => {
    const { page } = await visitSignedIn(console, "/members");
    await page.getByRole("button", { name: "Invite member" }).click();
    await page.getByLabel("E-mail").fill(OWNER.email);
    await page.getByRole("button", { name: "Create invitation" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").innerText()).toContain("has a user with this e-mail address");
  });
});

test("an address without an invitation says so", async () => {
  const { page } = await visit(console, "/invitation");
  await page.getByText("The address contains no invitation.").waitFor();
});
