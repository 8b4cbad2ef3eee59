import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { nodeToBe, storeWorkflow } from "../services/workflow-calls.ts";
import { type ConsoleStack, startConsole, untilInPage, visitAs, visitSignedIn } from "./console-stack.ts";

let console: ConsoleStack;
let report: string;
let fragile: string;
beforeAll(async () => {
  console = await startConsole();
  const { tenant } = console;
  await tenant.prompt("echo");
  report = await storeWorkflow(
    tenant,
    [
      { name: "research", type: "prompt", prompt: "echo", variables: { text: "inputs.topic" } },
      { name: "short", type: "condition", if: "size(inputs.topic) < 10", after: ["research"], then: ["agreed"] },
      { name: "agreed", type: "approval" },
      {
        ...{ name: "summary", type: "prompt", prompt: "echo", after: ["agreed"] },
        variables: { text: "nodes.agreed.output.comment" },
      },
    ],
    "nodes.summary.output",
  );
  fragile = await storeWorkflow(tenant, [
    { name: "first", type: "prompt", prompt: "echo", variables: { text: "'hello'" }, onFailure: "pause" },
  ]);
});
afterAll(async () => {
  await console.stop();
});

const rowOf = (page: Page, node: string) =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: node }) });

/** Waits until the page of an execution shows a node in a state, without a reload. */
const stateToBe = (page: Page, node: string, state: string): Promise<void> =>
  rowOf(page, node).getByText(state, { exact: true }).waitFor();

/** Runs a workflow from its page, and waits for the page of the execution; its id. */
async function run(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Run" }).click();
  await page.waitForURL(/\/executions\/[0-9a-f-]+$/);
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

describe("a workflow", () => {
  test("is drawn, and each node leads to its row by the keyboard", async () => {
    const { page, faults } = await visitSignedIn(console, `/workflows/${report}`);
    const graph = page.getByRole("group", { name: "Graph of the nodes" });
    for (const name of ["research prompt", "short condition", "agreed approval", "summary prompt"])
      await graph.getByRole("link", { name, exact: true }).waitFor();
    await graph.getByRole("link", { name: "agreed approval" }).focus();
    await page.keyboard.press("Enter");
    await untilInPage(page, "document.activeElement?.id === 'node-agreed'");
    expect(await rowOf(page, "agreed").innerText()).toContain("short (then)");
    expect(faults).toEqual([]);
  });

  test("is run with inputs, watched node by node, approved with a comment, and ends with its output", async () => {
    const { page, faults } = await visitSignedIn(console, `/workflows/${report}/run`);
    expect(await page.getByLabel("Inputs").inputValue()).toBe('{\n  "topic": ""\n}');
    await page.getByLabel("Inputs").fill('{"topic": "tides"}');
    const id = await run(page);
    await stateToBe(page, "research", "completed");
    await stateToBe(page, "agreed", "waiting");
    await page.getByRole("button", { name: "Decide about agreed" }).click();
    await page.getByLabel("Comment").fill("<b>Looks</b> right");
    await page.getByRole("button", { name: "Approve", exact: true }).click();
    for (const node of ["agreed", "summary"]) await stateToBe(page, node, "completed");
    await page.getByRole("status").filter({ hasText: "succeeded" }).waitFor();
    expect(await rowOf(page, "agreed").innerText()).toContain("<b>Looks</b> right");
    const { output } = (await console.tenant.call("GET", `/executions/${id}`)).body;
    expect(await page.getByRole("region", { name: "Output" }).locator("pre").innerText()).toBe(output);
    await rowOf(page, "summary").getByRole("link").click();
    await page.getByRole("heading", { name: "echo, version 1" }).waitFor();
    expect(faults).toEqual([]);
  });

  test("is not run with inputs that are no JSON object", async () => {
    const { page } = await visitSignedIn(console, `/workflows/${report}/run`);
    for (const text of ["{", "[]"]) {
      await page.getByLabel("Inputs").fill(text);
      await page.getByRole("button", { name: "Run" }).click();
      await page.getByRole("alert").getByText("The inputs").waitFor();
    }
    expect(new URL(page.url()).pathname).toBe(`/workflows/${report}/run`);
  });
});

describe("a node that failed and is paused", () => {
  /** Runs the workflow whose node fails at its first attempt, and waits until the node is paused. */
  async function runToPause(page: Page): Promise<void> {
    await console.stack.fault({ kind: "status", status: 400 });
    await run(page);
    await stateToBe(page, "first", "paused");
  }

  test("is retried, and completes", async () => {
    const { page } = await visitSignedIn(console, `/workflows/${fragile}/run`);
    await runToPause(page);
    await page.getByRole("button", { name: "Retry first" }).click();
    await stateToBe(page, "first", "completed");
    await page.getByRole("status").filter({ hasText: "succeeded" }).waitFor();
  });

  test("is aborted, so that the workflow fails", async () => {
    const { page } = await visitSignedIn(console, `/workflows/${fragile}/run`);
    page.on("dialog", (dialog) => void dialog.accept());
    await runToPause(page);
    await page.getByRole("button", { name: "Abort first" }).click();
    await stateToBe(page, "first", "failed");
    await page.getByRole("status").filter({ hasText: "failed" }).waitFor();
  });

  test("is shown to viewers, who are not offered to decide", async () => {
    const { page } = await visitSignedIn(console, `/workflows/${fragile}/run`);
    await console.stack.fault({ kind: "status", status: 400 });
    const id = await run(page);
    await nodeToBe(console.tenant, id, "first", "paused");
    const viewer = await visitAs(console, "viewer", `/executions/${id}`);
    await stateToBe(viewer.page, "first", "paused");
    expect(await viewer.page.getByRole("button", { name: "Retry first" }).count()).toBe(0);
  });
});
