import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { archiveNow } from "../services/archive-now.ts";
import { startStack, type Stack, type Tenant } from "../services/stack.ts";
import { nodeToBe, runWorkflow } from "../services/workflow-calls.ts";

interface Known {
  readonly execution: unknown;
  readonly events: unknown;
}

let stack: Stack;
let tenant: Tenant;
let ids: string[];
let before: Known[];

const read = async (id: string, as = tenant): Promise<Known> => ({
  execution: (await as.call("GET", `/executions/${id}`)).body,
  events: (await as.call("GET", `/executions/${id}/events`)).body,
});

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("one");
  const prompt = await tenant.execute(await tenant.prompt("echo"), "hello");
  await tenant.follow(prompt);
  const nodes = [
    { name: "first", type: "prompt", prompt: "echo", variables: { text: '"world"' } },
    { name: "agreed", type: "approval", after: ["first"] },
  ];
  const workflow = await runWorkflow(tenant, nodes as never);
  await nodeToBe(tenant, workflow, "agreed", "waiting");
  await tenant.call("POST", `/executions/${workflow}/nodes/agreed/approve`, {});
  await tenant.follow(workflow);
  const children = (await tenant.call("GET", `/executions?parent=${workflow}`)).body.executions as { id: string }[];
  ids = [prompt, workflow, ...children.map(({ id }) => id)];
  before = await Promise.all(ids.map((id) => read(id)));
  const database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
  const { rows } = await database.query<{ tenant: string }>(
    "SELECT DISTINCT tenant_id AS tenant FROM executions WHERE id = ANY ($1)",
    [ids],
  );
  // `finishedAt` is what makes them old, so that it is not compared.
  await database.query("UPDATE executions SET finished_at = now() - interval '100 days'");
  expect(await archiveNow(stack, rows[0]?.tenant ?? "")).toHaveLength(1);
  expect((await database.query("SELECT FROM executions")).rowCount).toBe(0);
  await database.end();
});
afterAll(async () => {
  await stack.stop();
});

const withoutEnd = ({ execution, events }: Known): Known => ({
  execution: { ...(execution as object), finishedAt: undefined },
  events,
});

describe("archived executions", () => {
  test("of a prompt, a workflow and its prompt are read with their nodes and events as before", async () => {
    expect(ids.length).toBe(3);
    expect((await Promise.all(ids.map((id) => read(id)))).map(withoutEnd)).toEqual(before.map(withoutEnd));
    expect(before.map(({ execution }) => (execution as { kind: string }).kind)).toEqual([
      "prompt",
      "workflow",
      "prompt",
    ]);
  });

  test("do not exist for another tenant", async () => {
    const other = await stack.tenant("two");
    for (const id of ids)
      for (const path of [`/executions/${id}`, `/executions/${id}/events`])
        expect((await other.call("GET", path)).body).toMatchObject({ code: "not_found" });
  });

  test("have ended when they are to be cancelled", async () => {
    expect((await tenant.call("POST", `/executions/${ids[0]}/cancel`)).body).toMatchObject({ code: "already_ended" });
  });

  test("are in the export, with their events", async () => {
    const { body } = await tenant.call<string>("GET", "/organization/export");
    const lines = body
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { table?: string; row?: { id: string }; rows?: number });
    expect(lines.at(-1)).toEqual({ rows: lines.length - 1 });
    const exported = lines.filter(({ table }) => table === "executions").map(({ row }) => row?.id);
    expect(exported.toSorted()).toEqual(ids.toSorted());
    const events = before.reduce((sum, each) => sum + (each.events as { events: [] }).events.length, 0);
    expect(lines.filter(({ table }) => table === "execution_events")).toHaveLength(events);
  });
});
