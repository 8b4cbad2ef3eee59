import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConsoleStack, startConsole, visitAs } from "./console-stack.ts";

let console: ConsoleStack;
let prompt: string;
beforeAll(async () => {
  console = await startConsole();
  prompt = await console.tenant.prompt("greeting");
});
afterAll(async () => {
  await console.stop();
});

describe("a viewer", () => {
  test("sees who they are, and is offered neither pages nor actions that the role lacks, with the reason", async () => {
    const { page, faults } = await visitAs(console, "viewer", "/prompts");
    const account = page.getByRole("banner");
    await account.getByText("viewer", { exact: true }).waitFor();
    expect(await account.innerText()).toContain("acme");
    await page.getByText("your role, viewer, does not have the scope prompts:write").waitFor();
    expect(await page.getByRole("link", { name: "New prompt" }).count()).toBe(0);
    const places = await page.getByRole("navigation", { name: "Main" }).getByRole("link").allTextContents();
    expect(places).toEqual(["Prompts", "Workflows", "Evaluations", "Executions", "Usage"]);
    await page.getByRole("link", { name: "greeting" }).click();
    await page.getByRole("heading", { name: "greeting" }).waitFor();
    for (const name of ["Edit", "Run"]) expect(await page.getByRole("link", { name, exact: true }).count()).toBe(0);
    expect(await page.getByLabel("Label for version 1").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test("who opens the address of a page that the role lacks is told so", async () => {
    const { page } = await visitAs(console, "viewer", `/prompts/${prompt}/run`);
    await page.getByRole("heading", { name: "Your role does not permit this" }).waitFor();
    expect(await page.getByRole("button", { name: "Run" }).count()).toBe(0);
    await page.goto("/api-keys");
    await page.getByRole("heading", { name: "Your role does not permit this page" }).waitFor();
  });
});

test("a member runs prompts, and is not offered API keys", async () => {
  const { page } = await visitAs(console, "member", `/prompts/${prompt}`);
  await page.getByRole("link", { name: "Run", exact: true }).waitFor();
  expect(await page.getByRole("link", { name: "API keys" }).count()).toBe(0);
});

test("an administrator is offered only scopes of the role for a key", async () => {
  const { page } = await visitAs(console, "administrator", "/api-keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("users:write").waitFor({ state: "attached" });
  expect(await page.getByLabel("organization:export").count()).toBe(0);
});
