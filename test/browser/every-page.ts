import { endOf, newDataset, newEvaluator, newExperiment } from "../services/evaluation-calls.ts";
import { type Tenant, until } from "../services/stack.ts";
import { executeWorkflow, nodeToBe, storeWorkflow } from "../services/workflow-calls.ts";
import { type ConsoleStack, startConsole } from "./console-stack.ts";

/** Text that a page must show as it is, in every field that takes text. */
const HOSTILE = `<img src=x onerror="document.title='owned'"> {{constructor}} <script>document.title='owned'</script> ${"wide".repeat(80)}`;

/** A page, and the heading that says that it has loaded. */
export interface ShownPage {
  readonly path: string;
  readonly heading: string;
}
export type Pages = Readonly<Record<string, ShownPage>>;

/** The console with a tenant that has something to show on every page. */
export async function startFullConsole(): Promise<{ readonly console: ConsoleStack; readonly pages: Pages }> {
  const price = { input: 0.25, output: 1.25, asOf: "2026-11-29" };
  const console = await startConsole({ models: (url) => [{ name: "simulated", endpoint: `${url}/v1`, price }] });
  await console.stack.platform.startAnalytics("analytics");
  await console.stack.platform.startEvaluator("evaluator");
  const { tenant } = console;
  for (const name of ["classify-ticket", "translate", "extract-invoice"]) await tenant.prompt(name);
  const prompt = await newPrompt(tenant);
  const pages = {
    ...promptPages(prompt),
    ...(await evaluationPages(tenant, prompt)),
    ...(await executionPages(console, prompt)),
    ...(await workflowPages(tenant)),
    ...(await webhookPages(tenant)),
    ...(await organizationPages(tenant)),
    "not-found": { path: "/prompts/00000000-0000-4000-8000-000000000000", heading: "Page not found" },
  };
  return { console, pages };
}

async function newPrompt(tenant: Tenant): Promise<string> {
  const messages = [
    { role: "system", content: "You write release notes. Be brief." },
    { role: "user", content: `Summarize {{changes}} for {{audience}}.\n${HOSTILE}` },
  ];
  const variables = { changes: {}, audience: { default: "operators" }, constructor: { default: "none" } };
  const id = await tenant.prompt("release-notes", { messages, variables });
  const shorter = messages.slice(1).concat({ role: "assistant", content: "Here they are:" });
  await tenant.call("POST", `/prompts/${id}/versions`, { model: "simulated", messages: shorter, variables });
  await tenant.call("PUT", `/prompts/${id}/labels/production`, { version: 1 });
  return id;
}

const promptPages = (id: string): Pages => ({
  prompts: { path: "/prompts", heading: "Prompts" },
  "no-prompts": { path: "/prompts?search=nothing-like-it", heading: "No prompt has this in its name" },
  "new-prompt": { path: "/prompts/new", heading: "New prompt" },
  prompt: { path: `/prompts/${id}`, heading: "release-notes" },
  "edit-prompt": { path: `/prompts/${id}/edit`, heading: "Edit release-notes" },
  compare: { path: `/prompts/${id}/compare?from=1&to=2`, heading: "Compare versions of release-notes" },
  run: { path: `/prompts/${id}/run`, heading: "Run release-notes" },
});

async function evaluationPages(tenant: Tenant, prompt: string): Promise<Pages> {
  const item = { variables: { changes: HOSTILE }, expected: HOSTILE, tags: ["hostile"] };
  const datasetId = await newDataset(tenant, [item]);
  const evaluatorId = await newEvaluator(tenant, { type: "length", maxCharacters: 100 });
  const candidates = [1, 2].map((version) => ({ promptId: prompt, version }));
  const id = await newExperiment(tenant, { datasetId, evaluatorIds: [evaluatorId], candidates });
  const experiment = await endOf(tenant, id);
  const { body: dataset } = await tenant.call("GET", `/datasets/${datasetId}`);
  await tenant.call("PUT", `/prompts/${prompt}/labels/production/gate`, { datasetId, evaluatorId, minMean: 0.5 });
  return {
    evaluations: { path: "/evaluations", heading: "Evaluations" },
    "new-experiment": { path: "/evaluations/new", heading: "New experiment" },
    experiment: { path: `/evaluations/${id}`, heading: experiment.name },
    datasets: { path: "/datasets", heading: "Datasets" },
    dataset: { path: `/datasets/${datasetId}`, heading: dataset.name as string },
  };
}

async function executionPages({ stack, tenant }: ConsoleStack, prompt: string): Promise<Pages> {
  const execute = async (changes: string): Promise<string> => {
    const { body } = await tenant.call("POST", `/prompts/${prompt}/execute`, { variables: { changes } });
    await tenant.follow(body.id as string);
    return body.id as string;
  };
  const succeeded = await execute(HOSTILE);
  await stack.fault({ kind: "status", status: 400 });
  const failed = await execute("x");
  const isCounted = async (): Promise<true | undefined> =>
    (await tenant.call("GET", "/usage/daily")).body.days.length > 0 ? true : undefined;
  await until("usage", isCounted);
  return {
    executions: { path: "/executions", heading: "Executions" },
    execution: { path: `/executions/${succeeded}`, heading: "release-notes, version 2" },
    "failed-execution": { path: `/executions/${failed}`, heading: "release-notes, version 2" },
    usage: { path: "/usage", heading: "Usage" },
  };
}

async function workflowPages(tenant: Tenant): Promise<Pages> {
  const id = await storeWorkflow(tenant, [
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
  const execution = await executeWorkflow(tenant, id, { inputs: { topic: "tides" } });
  await nodeToBe(tenant, execution, "agreed", "waiting");
  const { body } = await tenant.call("GET", `/workflows/${id}`);
  const name = body.name as string;
  return {
    workflows: { path: "/workflows", heading: "Workflows" },
    workflow: { path: `/workflows/${id}`, heading: name },
    "run-workflow": { path: `/workflows/${id}/run`, heading: `Run ${name}` },
    "workflow-execution": { path: `/executions/${execution}`, heading: `${name}, version 1` },
  };
}

async function webhookPages(tenant: Tenant): Promise<Pages> {
  const url = `https://hooks.example.com/${"wide".repeat(80)}`;
  const events = ["execution.failed", "budget.reached"];
  const { body } = await tenant.call("POST", "/webhooks", { url, events, prompts: ["release-notes"] });
  const path = `/webhooks/${body.webhook.id as string}`;
  const { body: delivery } = await tenant.call("POST", `${path}/test`);
  return {
    webhooks: { path: "/webhooks", heading: "Webhooks" },
    webhook: { path, heading: url },
    delivery: { path: `${path}/deliveries/${delivery.id as string}`, heading: "webhook.test" },
  };
}

async function organizationPages(tenant: Tenant): Promise<Pages> {
  await tenant.call("POST", "/users", { email: "invited@example.com", role: "viewer" });
  await tenant.call("POST", "/api-keys", { name: HOSTILE.slice(0, 100), scopes: ["prompts:read", "executions:write"] });
  return {
    members: { path: "/members", heading: "Members" },
    "api-keys": { path: "/api-keys", heading: "API keys" },
    audit: { path: "/audit", heading: "Audit" },
    "no-audit": { path: "/audit?to=2020-01-01", heading: "No event matches" },
  };
}
