import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { type ConsoleStack, startConsole, visitAs, visitSignedIn } from "./console-stack.ts";

/** As the model answers: only what the prompt's second version asks for contains what items expect. */
const answer = (asked: string): string => (asked.includes("<name>") ? "Paris" : "A city on a river.");

let console: ConsoleStack;
let prompt: string;
beforeAll(async () => {
  console = await startConsole({ simulator: { answer } });
  await console.stack.platform.startEvaluator("evaluator");
  const { tenant } = console;
  const version = (content: string): object => ({
    ...{ model: "simulated", messages: [{ role: "user", content }], variables: { country: {} } },
  });
  prompt = await tenant.prompt("capital", version("Tell me about the capital of {{country}}."));
  await tenant.call("POST", `/prompts/${prompt}/versions`, version("<name> the capital of {{country}}."));
  const definition = { type: "contains", ignoreCase: true };
  await tenant.call("POST", "/evaluators", { name: "names-it", definition });
});
afterAll(async () => {
  await console.stop();
});

/** Cells of the row of the scores that begins with a text. */
const cellsOf = (page: Page, name: string): Promise<string[]> =>
  page
    .getByRole("region", { name: "Scores" })
    .getByRole("row")
    .filter({ hasText: name })
    .getByRole("cell")
    .allInnerTexts();

describe("an experiment", () => {
  test("runs versions on a dataset that was made in the console, and shows scores and outputs side by side", async () => {
    const { page, faults } = await visitSignedIn(console, "/datasets");
    page.on("dialog", (dialog) => void dialog.accept());
    await page.getByRole("button", { name: "New dataset" }).click();
    await page.getByLabel("Name").fill("capitals");
    await page.getByRole("button", { name: "Create dataset" }).click();
    await page.getByRole("heading", { name: "capitals" }).waitFor();
    await page.getByRole("button", { name: "Add items" }).click();
    const items = ["France", "<i>Gaul</i>", "Nowhere"].map((country) =>
      JSON.stringify({ variables: { country }, expected: "Paris", tags: ["europe"] }),
    );
    await page.getByLabel("Items", { exact: true }).fill(items.join("\n"));
    await page.getByRole("dialog").getByRole("button", { name: "Add items" }).click();
    await page.getByRole("row").filter({ hasText: "<i>Gaul</i>" }).waitFor();
    await page.getByRole("button", { name: "Remove item 3" }).click();
    await page.getByRole("row").filter({ hasText: "Nowhere" }).waitFor({ state: "detached" });

    await page.goto("/evaluations");
    await page.getByRole("link", { name: "New experiment" }).click();
    await page.getByLabel("Name", { exact: true }).fill("direct-question");
    await page.getByText("names-it").click();
    await page.getByRole("button", { name: "Run experiment" }).click();
    await page.getByRole("status").filter({ hasText: "succeeded" }).waitFor();
    const [first = "", second = ""] = await cellsOf(page, "names-it");
    expect(first).toMatch(/^0\.00\s+0% passed/);
    expect(second).toMatch(/^1\.00\s+100% passed\s+difference \+1\.00/);
    const output = page.getByRole("article", { name: "Item 2" });
    expect(await output.innerText()).toContain("<i>Gaul</i>");
    expect(await output.locator("pre").allInnerTexts()).toEqual(["A city on a river.", "Paris"]);
    expect(faults).toEqual([]);
  });

  test("opens the gate of a label for the version that reached its score, and the other needs a reason", async () => {
    const { page, faults } = await visitSignedIn(console, `/prompts/${prompt}?version=1`);
    await page.getByRole("button", { name: "Set gate" }).click();
    await page.getByLabel("Minimum mean").fill("0.9");
    await page.getByRole("dialog").getByRole("button", { name: "Set gate" }).click();
    const gates = page.getByRole("region", { name: "Gates" });
    await gates.getByText("a mean of at least 0.90 of names-it on capitals").waitFor();

    await page.getByLabel("Label for version 1").fill("production");
    await page.getByRole("button", { name: "Set label" }).click();
    await page.getByRole("alert").getByText("has not reached the score").waitFor();
    await page.getByLabel("Reason to override the gate").fill("Version 2 is too terse.");
    await page.getByRole("button", { name: "Set label" }).click();
    await page.getByRole("button", { name: "Remove label production" }).waitFor();
    const { overrides } = (await console.tenant.call("GET", `/prompts/${prompt}/overrides`)).body;
    expect(overrides).toMatchObject([{ version: 1, reason: "Version 2 is too terse." }]);

    await page.goto(`/prompts/${prompt}?version=2`);
    await page.getByLabel("Label for version 2").fill("production");
    await page.getByRole("button", { name: "Set label" }).click();
    await page.getByRole("region", { name: "Labels" }).getByText("Version 2", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Remove gate of production" }).click();
    await gates.getByText("None.").waitFor();
    expect(faults).toEqual([]);
  });

  test("gets no items from text with a line that is no JSON, which is named", async () => {
    const { page } = await visitSignedIn(console, "/datasets");
    await page.getByRole("link", { name: "capitals" }).click();
    await page.getByRole("button", { name: "Add items" }).click();
    await page.getByLabel("Items", { exact: true }).fill('{"variables": {}}\nnot JSON');
    await page.getByRole("dialog").getByRole("button", { name: "Add items" }).click();
    await page.getByRole("alert").getByText("Line 2 is no JSON").waitFor();
  });
});

test("a viewer reads evaluations, and is offered no changes", async () => {
  const { page } = await visitAs(console, "viewer", "/evaluations");
  await page.getByRole("link", { name: "direct-question" }).click();
  await page.getByRole("heading", { name: "Scores" }).waitFor();
  await page.goto("/evaluations/new");
  await page.getByRole("heading", { name: "Your role does not permit this" }).waitFor();
});
