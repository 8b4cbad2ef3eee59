import { customModel, experimentOf, type Ids, newFile, webhook } from "./access-table.ts";
import { quarantine } from "./quarantine.ts";
import type { Stack, Tenant } from "./stack.ts";
import { executeWorkflow, storeWorkflow } from "./workflow-calls.ts";

let made = 0;

export interface Holders {
  readonly stack: Stack;
  readonly operator: Pick<Tenant, "call">;
  /** The id of an operator's key that may be revoked. */
  readonly operators: string;
  /** Whose the other resources are, but the tenant among them. */
  readonly tenant: Tenant;
}

/** The id of a new operator's key. */
export async function newOperatorKey({ stack, operator }: Pick<Holders, "stack" | "operator">): Promise<string> {
  await stack.operator(`operator-${(made += 1)}`);
  return (await operator.call("GET", "/admin/operators?limit=1")).body.operatorKeys[0].id as string;
}

/** A new resource of each kind of a tenant, beside a prompt. */
export async function newResources({ stack, operator, operators, tenant }: Holders, prompts: string): Promise<Ids> {
  const [executions, deadLetter] = [await tenant.execute(prompts, "own"), await tenant.execute(prompts, "own")];
  await quarantine(stack, deadLetter);
  await tenant.call("PUT", `/prompts/${prompts}/labels/production`, { version: 1 });
  const another = { model: "simulated", messages: [{ role: "user", content: "{{text}}" }], variables: { text: {} } };
  await tenant.call("POST", `/prompts/${prompts}/versions`, another);
  const workflows = await storeWorkflow(tenant, [{ name: "agreed", type: "approval" }]);
  const nodes = await executeWorkflow(tenant, workflows);
  // There already, unless this is the first call or it was deleted.
  await tenant.call("POST", "/custom-models", { name: "kept-model", ...customModel });
  const datasets = await newOrKept(tenant, "datasets", {});
  const evaluators = await newOrKept(tenant, "evaluators", { definition: { type: "contains", value: "own" } });
  await tenant.call("POST", `/datasets/${datasets}/items`, { items: [{ variables: { text: "own" } }] });
  const gate = { datasetId: datasets, evaluatorId: evaluators, minMean: 0.5 };
  await tenant.call("PUT", `/prompts/${prompts}/labels/gated/gate`, gate);
  const experiments = await runningExperiment(tenant, { prompts, datasets, evaluators });
  const email = `user-${(made += 1)}@example.com`;
  const users = (await tenant.call("POST", "/users", { email, role: "viewer" })).body.user.id as string;
  const key = { name: "own", scopes: ["prompts:read"] };
  const keys = (await tenant.call("POST", "/api-keys", key)).body.apiKey.id as string;
  const tenants = (await operator.call("POST", "/admin/tenants", { name: `new-${(made += 1)}` })).body.tenant
    .id as string;
  const audit = (await tenant.call("GET", "/audit?limit=1")).body.events[0].id as string;
  // A tenant may have few.
  const [known] = (await tenant.call("GET", "/webhooks")).body.webhooks;
  const webhooks = (known ?? (await tenant.call("POST", "/webhooks", webhook)).body.webhook).id as string;
  const deliveries = (await tenant.call("POST", `/webhooks/${webhooks}/test`)).body.id as string;
  const files = (await tenant.call("POST", "/files", newFile)).body.file.id as string;
  const exports = {
    "usage-exports": await anExport(tenant, "usage"),
    "audit-exports": await anExport(tenant, "audit"),
  };
  const own = {
    files,
    ...exports,
    webhooks,
    deliveries,
    users,
    "api-keys": keys,
    "custom-models": "kept-model",
    operators,
    audit,
    datasets,
    evaluators,
    experiments,
  };
  return { prompts, workflows, executions, "dead-letters": deadLetter, nodes, ...own, tenants };
}

/** The id of a new resource, or of an earlier one once the tenant has as many as it may. */
async function newOrKept(tenant: Tenant, kind: "datasets" | "evaluators", more: object): Promise<string> {
  const created = await tenant.call("POST", `/${kind}`, { name: `own-${(made += 1)}`, ...more });
  if (created.status === 201) return created.body.id as string;
  return (await tenant.call("GET", `/${kind}`)).body[kind][0].id as string;
}

/** The id of the last export, or of a new one: a tenant may have few. */
async function anExport(tenant: Tenant, kind: "usage" | "audit"): Promise<string> {
  const [known] = (await tenant.call("GET", `/${kind}/exports`)).body.exports;
  return (known ?? (await tenant.call("POST", `/${kind}/exports`, {})).body).id as string;
}

/** The id of an experiment that runs: the last one, or a new one if it has ended. Few may run at once, and be created in a day. */
async function runningExperiment(tenant: Tenant, of: Parameters<typeof experimentOf>[0]): Promise<string> {
  const { experiments } = (await tenant.call("GET", "/experiments?limit=1")).body;
  const [last] = experiments as { id: string; state: string }[];
  if (last?.state === "running") return last.id;
  return (await tenant.call("POST", "/experiments", experimentOf(of))).body.id as string;
}
