import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { type ConsoleStack, startConsole, visitSignedIn } from "./console-stack.ts";

/** Answers of the model, by a word in the prompt. The endless one takes ten minutes. */
const answers = { short: 40, endless: 6_000 } as const;
const words = (count: number): string => Array.from({ length: count }, (_, index) => `word-${index}`).join(" ");

let console: ConsoleStack;
let prompt: string;
beforeAll(async () => {
  const price = { input: 1, output: 2, asOf: "2026-11-29" };
  console = await startConsole({
    models: (url) => [
      { name: "simulated", endpoint: `${url}/v1`, price },
      // The simulator does not serve it.
      { name: "other", endpoint: `${url}/v1` },
    ],
    simulator: {
      tokenMilliseconds: 100,
      answer: (text) => words(text.includes("endless") ? answers.endless : answers.short),
    },
  });
  prompt = await console.tenant.prompt("writer");
});
afterAll(async () => {
  await console.stop();
});

/** Runs the prompt with a text, and waits for the page of the execution; its id. */
async function run(page: Page, text: string): Promise<string> {
  await page.getByLabel("text").fill(text);
  await page.getByRole("button", { name: "Run" }).click();
  await page.waitForURL(/\/executions\/[0-9a-f-]+$/);
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

const outputOf = (page: Page): Promise<string> =>
  page.getByRole("region", { name: "Output" }).locator("pre").innerText();
const state = (page: Page, name: string) => page.getByRole("status").filter({ hasText: name });

describe("a run", () => {
  test("shows tokens while they arrive, goes on after a reload, and ends with usage and cost", async () => {
    const { page, context, faults } = await visitSignedIn(console, `/prompts/${prompt}/run`);
    const id = await run(page, "short");
    await page.getByText("word-0").waitFor();
    await page.reload();
    const shared = await context.newPage();
    await shared.goto(`${console.url}/executions/${id}`);
    for (const each of [page, shared]) {
      await state(each, "succeeded").waitFor();
      await each.getByText("Output tokens").waitFor();
      expect(await outputOf(each)).toBe(words(answers.short));
      const details = await each.getByRole("region", { name: "Details" }).innerText();
      const { usage, cost } = (await console.tenant.call("GET", `/executions/${id}`)).body;
      expect(details).toContain(`Output tokens\n${String(usage.completionTokens)}`);
      expect(details).toContain(`Cost\n$${String(cost.microUsd / 1e6)}`);
    }
    expect(faults).toEqual([]);
  });

  test("is sent to the model that was chosen", async () => {
    const { page } = await visitSignedIn(console, `/prompts/${prompt}/run`);
    await page.getByLabel("Model").selectOption("other");
    const id = await run(page, "short");
    expect((await console.tenant.call("GET", `/executions/${id}`)).body.requestedModel).toBe("other");
    await page.getByRole("region", { name: "Details" }).getByText("other", { exact: true }).waitFor();
  });

  test("streams without a buffer on the way: words arrive long before the end", async () => {
    const { page } = await visitSignedIn(console, `/prompts/${prompt}/run`);
    const id = await run(page, "endless, for the first words");
    await page.getByText("word-3").waitFor();
    expect((await console.tenant.call("GET", `/executions/${id}`)).body.state).toBe("running");
    await page.getByRole("button", { name: "Cancel" }).click();
    await state(page, "cancelled").waitFor();
    expect((await console.tenant.call("GET", `/executions/${id}`)).body.state).toBe("cancelled");
  });

  test("shows each attempt, and why another one followed", async () => {
    const { page } = await visitSignedIn(console, `/prompts/${prompt}/run`);
    await console.stack.fault({ kind: "cut_stream" });
    await run(page, "short, in two attempts");
    await state(page, "succeeded").waitFor();
    const attempts = await page.getByRole("region", { name: "Attempts" }).innerText();
    expect(attempts).toContain("Attempt 1 on simulated");
    expect(attempts).toMatch(/Tried again: model_\w+/);
    expect(attempts).toContain("Attempt 2 on simulated");
    expect(await outputOf(page)).toBe(words(answers.short));
  });

  test("that fails says why", async () => {
    const { page } = await visitSignedIn(console, `/prompts/${prompt}/run`);
    await console.stack.fault({ kind: "status", status: 400 });
    const id = await run(page, "short, but refused");
    await state(page, "failed").waitFor();
    const { error } = (await console.tenant.call("GET", `/executions/${id}`)).body;
    expect(await page.getByText(error.message).count()).toBe(1);
    expect(await page.getByText(error.code, { exact: true }).count()).toBe(1);
  });
});
