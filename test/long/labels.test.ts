import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, startStack, type Stack, type Tenant } from "../services/stack.ts";
import { childrenOf, echo, ended, executeWorkflow, storeWorkflow } from "../services/workflow-calls.ts";

let stack: Stack;
let one: Tenant;
let two: Tenant;
let prompt: string;
beforeAll(async () => {
  stack = await startStack();
  [one, two] = [await stack.tenant("one"), await stack.tenant("two")];
  prompt = await one.prompt("echo");
  await addVersion("second: {{text}}");
});
afterAll(() => stack.stop());

const addVersion = (content: string): Promise<unknown> =>
  one.call("POST", `/prompts/${prompt}/versions`, {
    ...{ model: "simulated", messages: [{ role: "user", content }], variables: { text: {} } },
  });

const label = (name: string, version: number, by = one): Promise<Answer<{ detail: string }>> =>
  by.call("PUT", `/prompts/${prompt}/labels/${name}`, { version });

const executed = async (more: object): Promise<number> => {
  const id = await one.execute(prompt, "hello", more);
  return (await one.call("GET", `/executions/${id}`)).body.promptVersion as number;
};

describe("a label", () => {
  test("names the version of executions that were accepted while it did", async () => {
    await label("staging", 1);
    expect(await executed({ label: "staging" })).toBe(1);
    const { status, body } = await label("staging", 2);
    expect({ status, body }).toMatchObject({ status: 200, body: { label: "staging", version: 2 } });
    expect(await executed({ label: "staging" })).toBe(2);
    const { body: listed } = await one.call("GET", `/executions?limit=2`);
    expect(listed.executions.map((each: { promptVersion: number }) => each.promptVersion)).toEqual([2, 1]);
  });

  test("is listed, and after its removal names nothing", async () => {
    await label("removed", 1);
    const names = async (): Promise<string[]> =>
      (await one.call("GET", `/prompts/${prompt}/labels`)).body.labels.map((each: { label: string }) => each.label);
    expect(await names()).toContain("removed");
    expect((await one.call("DELETE", `/prompts/${prompt}/labels/removed`)).status).toBe(204);
    expect(await names()).not.toContain("removed");
    const { status, body } = await one.call("POST", `/prompts/${prompt}/execute`, {
      ...{ label: "removed", variables: { text: "hello" } },
    });
    expect({ status, detail: body.detail }).toEqual({
      status: 404,
      detail: "The prompt has no label 'removed'. Set it with PUT /prompts/{id}/labels/removed.",
    });
    expect((await one.call("DELETE", `/prompts/${prompt}/labels/removed`)).status).toBe(404);
  });

  test("is refused with a version, for a version that does not exist, and by a name that is none", async () => {
    const both = { version: 1, label: "staging", variables: { text: "hello" } };
    expect((await one.call("POST", `/prompts/${prompt}/execute`, both)).body.faults).toEqual([
      { path: "body/label", message: "must not be given with 'version'; name one of them" },
    ]);
    expect((await label("staging", 9)).body.detail).toBe("The prompt has no version 9.");
    for (const name of ["Latest", "latest", "-a", "a_b", "a".repeat(64)])
      expect((await label(name, 1)).status, name).toBe(400);
  });

  test("can be set 50 times per prompt", async () => {
    const other = await one.prompt("many-labels");
    const set = async (name: string): Promise<number> =>
      (await one.call("PUT", `/prompts/${other}/labels/${name}`, { version: 1 })).status;
    for (let number = 1; number <= 50; number++) expect(await set(`label-${number}`)).toBe(200);
    expect(await set("label-51")).toBe(409);
    expect(await set("label-50")).toBe(200);
  });

  test("is another organization's to neither read, move nor execute", async () => {
    await label("staging", 2);
    expect((await two.call("GET", `/prompts/${prompt}/labels`)).status).toBe(404);
    expect((await label("staging", 1, two)).status).toBe(404);
    expect((await two.call("DELETE", `/prompts/${prompt}/labels/staging`)).status).toBe(404);
    expect((await two.call("POST", `/prompts/${prompt}/execute`, { label: "staging" })).status).toBe(404);
    expect(await executed({ label: "staging" })).toBe(2);
  });

  test("is audited when it is moved or removed, and not when it stays", async () => {
    const events = async (): Promise<string[]> =>
      (await one.call("GET", `/audit?object=${prompt}&limit=100`)).body.events
        .map((event: { action: string; details: { version?: number } }) => `${event.action} ${event.details.version}`)
        .filter((event: string) => event.startsWith("prompt.set_label") || event.startsWith("prompt.remove_label"));
    const before = (await events()).length;
    await label("audited", 1);
    await label("audited", 1);
    await label("audited", 2);
    await one.call("DELETE", `/prompts/${prompt}/labels/audited`);
    const recorded = (await events()).slice(0, (await events()).length - before);
    expect(recorded).toEqual(["prompt.remove_label 2", "prompt.set_label 2", "prompt.set_label 1"]);
  });
});

describe("a workflow's node", () => {
  const node = echo("a", "inputs.text", { label: "flow" });
  const versionsOf = async (id: string): Promise<(number | null)[]> =>
    (await childrenOf(one, id)).map(({ promptVersion }) => promptVersion);
  const run = async (workflow: string): Promise<(number | null)[]> => {
    const { id } = await ended(one, await executeWorkflow(one, workflow, { inputs: { text: "hello" } }));
    return versionsOf(id);
  };

  test("executes the version that its label names when the workflow is executed", async () => {
    await label("flow", 1);
    const workflow = await storeWorkflow(one, [node]);
    expect(await run(workflow)).toEqual([1]);
    await label("flow", 2);
    expect(await run(workflow)).toEqual([2]);
  });

  test("is refused while its prompt has no such label", async () => {
    await label("flow", 1);
    const workflow = await storeWorkflow(one, [node]);
    await one.call("DELETE", `/prompts/${prompt}/labels/flow`);
    const { status, body } = await one.call("POST", `/workflows/${workflow}/execute`, { inputs: { text: "hello" } });
    expect(status).toBe(404);
    expect(body.detail).toContain("The prompt of the node 'a' has no label 'flow'.");
    const { body: refused } = await one.call("POST", "/workflows", { name: "unlabelled", graph: { nodes: [node] } });
    expect(refused.faults[0].message).toBe("there is no label 'flow' of a prompt 'echo'; store it first");
  });

  test("names a version or a label, not both", async () => {
    const both = { ...echo("a", "'x'"), label: "flow", version: 1 };
    const { body } = await one.call("POST", "/workflows", { name: "both", graph: { nodes: [both] } });
    expect(body.faults).toEqual([
      { path: "body/graph/nodes/0/label", message: "must not be given with 'version'; name one of them" },
    ]);
  });
});
