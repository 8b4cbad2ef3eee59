import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConsoleStack, startConsole, visitSignedIn } from "./console-stack.ts";

let console: ConsoleStack;
beforeAll(async () => {
  console = await startConsole();
});
afterAll(async () => {
  await console.stop();
});

describe("a prompt", () => {
  test("is created, edited, compared and labelled", async () => {
    const { page, faults } = await visitSignedIn(console, "/prompts");
    await page.getByRole("link", { name: "New prompt" }).click();
    await page.getByLabel("Name", { exact: true }).fill("greeting");
    await page.getByLabel("Text of message 1").fill("Greet {{name}} in {{language}}.");
    await page.getByLabel("Default of language").fill("English");
    await page.getByRole("button", { name: "Create prompt" }).click();
    await page.getByRole("heading", { name: "greeting" }).waitFor();

    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Text of message 1").fill("Greet {{name}} warmly in {{language}}.");
    await page.getByLabel("Temperature").fill("0.5");
    await page.getByRole("button", { name: "Add message" }).click();
    await page.getByLabel("Role of message 2").selectOption("assistant");
    await page.getByLabel("Text of message 2").fill("Hello");
    await page.getByRole("button", { name: "Save as a new version" }).click();
    await page.getByRole("heading", { name: "Version 2" }).waitFor();
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    expect((await console.tenant.call("GET", `/prompts/${id}/versions/2`)).body).toMatchObject({
      messages: [
        { role: "user", content: "Greet {{name}} warmly in {{language}}." },
        { role: "assistant", content: "Hello" },
      ],
      variables: { name: {}, language: { default: "English" } },
      parameters: { temperature: 0.5 },
    });

    await page.getByLabel("Label for version 2").fill("production");
    await page.getByRole("button", { name: "Set label" }).click();
    await page.getByRole("button", { name: "Remove label production" }).waitFor();
    const labels = (await console.tenant.call("GET", `/prompts/${id}/labels`)).body.labels;
    expect(labels).toMatchObject([{ label: "production", version: 2 }]);

    await page.getByRole("link", { name: "Compare versions" }).click();
    const changes = page.getByRole("list", { name: "Changes" });
    await changes.waitFor();
    const lines = await changes.getByRole("listitem").allTextContents();
    expect(lines).toContain("−Removed: Greet {{name}} in {{language}}.");
    expect(lines).toContain("+Added: Greet {{name}} warmly in {{language}}.");
    expect(faults).toEqual([]);
  });

  test("is found by a part of its name", async () => {
    for (const name of ["alpha-one", "alpha-two", "beta-one"]) await console.tenant.prompt(name);
    const { page } = await visitSignedIn(console, "/prompts");
    await page.getByLabel("Search prompts by name").fill("ALPHA");
    await page.waitForURL(/search=alpha/);
    await expect
      .poll(() => page.getByRole("row").getByRole("link").allTextContents())
      .toEqual(["alpha-two", "alpha-one"]);
  });

  test("keeps guardrails that the editor does not show", async () => {
    const guardrails = { input: { maxCharacters: 100 }, output: {} };
    const id = await console.tenant.prompt("guarded", { guardrails });
    const { page } = await visitSignedIn(console, `/prompts/${id}/edit`);
    await page.getByLabel("Text of message 1").fill("Say {{text}}.");
    await page.getByRole("button", { name: "Save as a new version" }).click();
    await page.getByRole("heading", { name: "Version 2" }).waitFor();
    expect((await console.tenant.call("GET", `/prompts/${id}/versions/2`)).body.guardrails).toEqual(guardrails);
  });

  test("that the API refuses is explained next to the form, which keeps its input", async () => {
    await console.tenant.prompt("taken");
    const { page } = await visitSignedIn(console, "/prompts/new");
    await page.getByLabel("Name", { exact: true }).fill("taken");
    await page.getByLabel("Text of message 1").fill("Hello");
    await page.getByRole("button", { name: "Create prompt" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("There is a prompt 'taken'");
    expect(await page.getByLabel("Text of message 1").inputValue()).toBe("Hello");
  });

  test("is created with the keyboard alone", async () => {
    const { page } = await visitSignedIn(console, "/prompts");
    await page.getByRole("heading", { name: "Prompts", exact: true }).waitFor();
    const focused = (): Promise<string> =>
      page.evaluate("(document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent ?? ''");
    const tabTo = async (name: string): Promise<void> => {
      for (let presses = 0; presses < 60; presses += 1) {
        if ((await focused()) === name) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`60 times Tab did not reach '${name}'.`);
    };
    await tabTo("New prompt");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "New prompt" }).waitFor();
    await tabTo("Name");
    await page.keyboard.type("by-keyboard");
    await tabTo("Text of message 1");
    await page.keyboard.type("Hello");
    await tabTo("Create prompt");
    await page.keyboard.press("Space");
    await page.getByRole("heading", { name: "by-keyboard" }).waitFor();
  });
});
