import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../services/stack.ts";
import { executeWorkflow, nodeToBe, storeWorkflow } from "../services/workflow-calls.ts";
import { type ConsoleStack, startConsole, visit, visitSignedIn } from "./console-stack.ts";

const sizes = [
  { name: "phone", width: 360, height: 740 },
  { name: "tablet", width: 768, height: 1024 },
  { name: "desktop", width: 1440, height: 900 },
] as const;
const SCREENSHOTS = join(import.meta.dirname, "..", "..", "dist", "screenshots");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Text that a page must show as it is, in every field that takes text. */
const HOSTILE = `<img src=x onerror="document.title='owned'"> {{constructor}} <script>document.title='owned'</script> ${"wide".repeat(80)}`;

let console: ConsoleStack;
const paths: Record<string, { path: string; heading: string }> = {};
beforeAll(async () => {
  const price = { input: 0.25, output: 1.25, asOf: "2026-11-29" };
  console = await startConsole({ models: (url) => [{ name: "simulated", endpoint: `${url}/v1`, price }] });
  await console.stack.platform.startAnalytics("analytics");
  const { tenant } = console;
  const messages = [
    { role: "system", content: "You write release notes. Be brief." },
    { role: "user", content: `Summarize {{changes}} for {{audience}}.\n${HOSTILE}` },
  ];
  const variables = { changes: {}, audience: { default: "operators" }, constructor: { default: "none" } };
  const id = await tenant.prompt("release-notes", { messages, variables });
  const shorter = messages.slice(1).concat({ role: "assistant", content: "Here they are:" });
  await tenant.call("POST", `/prompts/${id}/versions`, { model: "simulated", messages: shorter, variables });
  await tenant.call("PUT", `/prompts/${id}/labels/production`, { version: 1 });
  for (const name of ["classify-ticket", "translate", "extract-invoice"]) await tenant.prompt(name);
  const { body } = await tenant.call("POST", `/prompts/${id}/execute`, { variables: { changes: HOSTILE } });
  await tenant.follow(body.id);
  await console.stack.fault({ kind: "status", status: 400 });
  const failed = await tenant.call("POST", `/prompts/${id}/execute`, { variables: { changes: "x" } });
  await tenant.follow(failed.body.id);
  await until("usage", async () =>
    (await tenant.call("GET", "/usage/daily")).body.days.length > 0 ? true : undefined,
  );
  await tenant.call("POST", "/api-keys", { name: HOSTILE.slice(0, 100), scopes: ["prompts:read", "executions:write"] });
  const { body: hook } = await tenant.call("POST", "/webhooks", {
    ...{ url: `https://hooks.example.com/${"wide".repeat(80)}`, events: ["execution.failed", "budget.reached"] },
    prompts: ["release-notes"],
  });
  const webhook = `/webhooks/${hook.webhook.id as string}`;
  const { body: delivery } = await tenant.call("POST", `${webhook}/test`);
  const workflow = await storeWorkflow(tenant, [
    { name: "research", type: "prompt", prompt: "translate", variables: { text: "inputs.topic" } },
    { name: "points", type: "map", prompt: "translate", over: "['a', 'b']", variables: { text: "item" } },
    {
      ...{ name: "is_short_enough", type: "condition", if: "size(inputs.topic) < 9", after: ["research", "points"] },
      ...{ then: ["agreed"], else: ["pause"] },
    },
    { name: "agreed", type: "approval" },
    { name: "pause", type: "wait", seconds: 60 },
    {
      ...{ name: "summary", type: "prompt", prompt: "translate", after: ["agreed", "pause"] },
      variables: { text: "nodes.research.output" },
    },
  ]);
  const flow = await executeWorkflow(tenant, workflow, { inputs: { topic: "tides" } });
  await nodeToBe(tenant, flow, "agreed", "waiting");
  const { body: stored } = await tenant.call("GET", `/workflows/${workflow}`);
  Object.assign(paths, {
    prompts: { path: "/prompts", heading: "Prompts" },
    "no-prompts": { path: "/prompts?search=nothing-like-it", heading: "No prompt has this in its name" },
    "new-prompt": { path: "/prompts/new", heading: "New prompt" },
    prompt: { path: `/prompts/${id}`, heading: "release-notes" },
    "edit-prompt": { path: `/prompts/${id}/edit`, heading: "Edit release-notes" },
    compare: { path: `/prompts/${id}/compare?from=1&to=2`, heading: "Compare versions of release-notes" },
    run: { path: `/prompts/${id}/run`, heading: "Run release-notes" },
    workflows: { path: "/workflows", heading: "Workflows" },
    workflow: { path: `/workflows/${workflow}`, heading: stored.name as string },
    "run-workflow": { path: `/workflows/${workflow}/run`, heading: `Run ${stored.name as string}` },
    "workflow-execution": { path: `/executions/${flow}`, heading: `${stored.name as string}, version 1` },
    executions: { path: "/executions", heading: "Executions" },
    execution: { path: `/executions/${body.id as string}`, heading: "release-notes, version 2" },
    "failed-execution": { path: `/executions/${failed.body.id as string}`, heading: "release-notes, version 2" },
    usage: { path: "/usage", heading: "Usage" },
    members: { path: "/members", heading: "Members" },
    webhooks: { path: "/webhooks", heading: "Webhooks" },
    webhook: { path: webhook, heading: hook.webhook.url as string },
    delivery: { path: `${webhook}/deliveries/${delivery.id as string}`, heading: "webhook.test" },
    "api-keys": { path: "/api-keys", heading: "API keys" },
    audit: { path: "/audit", heading: "Audit" },
    "no-audit": { path: "/audit?to=2020-01-01", heading: "No event matches" },
    "not-found": { path: `/prompts/00000000-0000-4000-8000-000000000000`, heading: "Page not found" },
  });
  mkdirSync(SCREENSHOTS, { recursive: true });
});
afterAll(async () => {
  await console.stop();
});

/** What axe-core finds: rules of WCAG 2.2 AA and best practices. */
async function violations(page: Page): Promise<string[]> {
  // As a file of the page's own would run: the policy permits no script inside the page.
  await page.evaluate(AXE);
  return page.evaluate<string[]>(
    "axe.run(document).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`)))",
  );
}

const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");

describe.each(sizes)("at $width px", ({ name: size, width, height }) => {
  test.each(["light", "dark"] as const)(
    "every page fits, shows hostile text as text, and has no finding of axe-core, %s",
    async (colorScheme) => {
      const findings: Record<string, unknown> = {};
      const look = async (page: Page, name: string): Promise<void> => {
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${size}-${colorScheme}.png`), fullPage: true });
        const found = await violations(page);
        if (await scrollsSideways(page)) found.push("it scrolls sideways");
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
      for (const [name, { path, heading }] of Object.entries(paths)) {
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
