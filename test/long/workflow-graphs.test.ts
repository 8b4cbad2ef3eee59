import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkGraph } from "../../services/shared/workflows/check-graph.ts";
import { bounded, evaluate, isTooDeep } from "../../services/shared/workflows/expressions.ts";
import { graphSchema } from "../../services/shared/workflows/graph.ts";
import { quarantine } from "../services/quarantine.ts";
import { startStack, type Stack, type Tenant } from "../services/stack.ts";
import { execution, executeWorkflow, storeWorkflow } from "../services/workflow-calls.ts";

let stack: Stack;
let tenant: Tenant;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  tenant = await stack.tenant("one");
  await tenant.prompt("echo");
});
afterAll(async () => {
  await stack.stop();
});

const wait = (name: string, ...after: string[]): object => ({ name, type: "wait", seconds: 0, after });
const echo = (name: string, text: string, more: object = {}): object => ({
  ...{ name, type: "prompt", prompt: "echo", variables: { text } },
  ...more,
});

/** What the API says of a graph. */
async function faultsOf(graph: object): Promise<string[]> {
  const { status, body } = await tenant.call("POST", "/workflows", { name: "wrong", graph });
  expect(status, JSON.stringify(body)).toBe(400);
  return body.faults.map(({ path, message }: { path: string; message: string }) => `${path}: ${message}`);
}

describe("a graph is refused with what is wrong", () => {
  test.each<[string, object, string | RegExp]>([
    ["without nodes", { nodes: [] }, /^body\/graph\/nodes: Too small/],
    ["of too many nodes", { nodes: Array.from({ length: 101 }, (_, index) => wait(`n${index}`)) }, /nodes: Too big/],
    [
      "with a name twice",
      { nodes: [wait("a"), wait("a")] },
      "body/graph/nodes/1/name: 'a' is the name of node 0 already; take another one",
    ],
    [
      "with an unknown name",
      { nodes: [wait("a", "b")] },
      "body/graph/nodes/0/after: 'b' is no node; add it, or name another one",
    ],
    [
      "with a cycle",
      { nodes: [wait("a", "c"), wait("b", "a"), wait("c", "b"), wait("d")] },
      "body/graph/nodes: 'a', 'b', 'c' come after each other, or after such nodes; take one edge away",
    ],
    [
      "whose condition leads back",
      { nodes: [{ name: "c", type: "condition", if: "true", then: ["a"], after: ["a"] }, wait("a")] },
      /'c', 'a' come after each other/,
    ],
    ["with a type that does not exist", { nodes: [{ name: "a", type: "magic" }] }, /^body\/graph\/nodes\/0\/type: /],
    ["with an unknown key", { nodes: [{ ...wait("a"), next: "b" }] }, /Unrecognized key: "next"/],
    [
      "with a wrong expression",
      { nodes: [echo("a", "1 +")] },
      /^body\/graph\/nodes\/0\/variables\/text: is no CEL expression: /,
    ],
    ["with an unknown function", { nodes: [echo("a", "shell('x')")] }, /There is no function 'shell'\./],
    ["with an unknown variable", { nodes: [echo("a", "item")] }, /'item' is no variable; there are inputs, nodes$/],
    ["that reads what comes later", { nodes: [echo("a", "nodes.b.output"), wait("b")] }, /'b' is no node before 'a'$/],
    ["that reads what it chooses itself", { nodes: [echo("a", "nodes[inputs.x].output")] }, /Write nodes\.<name>\.$/],
    [
      "whose output reads what does not exist",
      { nodes: [wait("a")], output: "nodes.b" },
      /^body\/graph\/output: 'b' is no node of the workflow$/,
    ],
    [
      "with an unknown prompt",
      { nodes: [echo("a", "'x'", { prompt: "other" })] },
      /there is no prompt 'other'; store it first$/,
    ],
    [
      "with an unknown version",
      { nodes: [echo("a", "'x'", { version: 7 })] },
      /there is no version 7 of a prompt 'echo'; store it first$/,
    ],
    [
      "with a variable that the prompt lacks",
      { nodes: [echo("a", "'x'", { variables: { other: "'x'" } })] },
      "body/graph/nodes/0: the variables do not fit the prompt 'echo': 'text' must be given; 'other' is no variable of the prompt.",
    ],
  ])("%s", async (_, graph, fault) => {
    const faults = await faultsOf(graph);
    expect(faults).toHaveLength(1);
    if (typeof fault === "string") expect(faults[0]).toBe(fault);
    else expect(faults[0]).toMatch(fault);
  });

  test("at all of its places", async () => {
    expect(await faultsOf({ nodes: [echo("a", "b"), echo("c", "d")], output: "e" })).toHaveLength(3);
  });
});

test("inputs that nest too deep are refused, however deep they nest", async () => {
  const { body } = await tenant.call("POST", "/workflows", { name: "deep", graph: { nodes: [wait("a")] } });
  const send = (depth: number): ReturnType<typeof tenant.call> =>
    tenant.call("POST", `/workflows/${body.id}/execute`, `{"inputs":{"x":${"[".repeat(depth)}${"]".repeat(depth)}}}`);
  expect((await send(30)).status).toBe(202);
  expect((await send(32)).status).toBe(400);
  expect((await send(400_000)).status).toBe(400);
  expect(isTooDeep({ a: [{}] })).toBe(false);
});

test("a workflow that is a dead letter runs again as another execution of it", async () => {
  const workflow = await storeWorkflow(tenant, [{ name: "a", type: "wait", seconds: 0 }]);
  const letter = await executeWorkflow(tenant, workflow, { inputs: { x: 1 } });
  await quarantine(stack, letter);
  const rerun = await tenant.call("POST", `/dead-letters/${letter}/rerun`, {});
  expect(rerun.status, JSON.stringify(rerun.body)).toBe(202);
  expect(await execution(tenant, rerun.body.id)).toMatchObject({
    ...{ kind: "workflow", workflowId: workflow, state: "queued" },
    nodes: [{ node: "a", state: "pending" }],
  });
});

describe("an expression", () => {
  const inputs = { list: Array.from({ length: 300 }, (_, index) => index), text: "a".repeat(20_000) };

  test.each<[string, unknown]>([
    ["1 + 1", 2],
    ["inputs.list.size() == 300", true],
    ["inputs.list.filter(x, x < 2)", [0, 1]],
    ["json('{\"a\": [1, null]}').a", [1, null]],
    ["{'a': inputs.list[1]}", { a: 1 }],
    ["inputs.text.matches('^(a+)+$')", true],
  ])("%s is %j", (text, value) => {
    expect(evaluate(text, { inputs })).toEqual(value);
  });

  test("that took 150 ms by the clock and little of the processor has its value", () => {
    const waited = new Int32Array(new SharedArrayBuffer(4));
    const work = (): string => `waited: ${Atomics.wait(waited, 0, 0, 150)}`;
    expect(bounded(work)).toBe("waited: timed-out");
  });

  test.each([
    ["inputs.list.map(a, inputs.list.map(b, inputs.list.map(c, a + b + c))).size()", "It takes more than 100 ms."],
    ["inputs.list.map(a, inputs.text)", /more than 100000 parts, or 1048576 characters/],
    ["inputs.missing", "field not found: missing."],
    ["json('{')", /JSON/],
    ["timestamp('2026-01-01T00:00:00Z')", "The value is no JSON."],
    ["1.0 / 0.0", "The value is no JSON."],
  ])("%s has no value, and stops nobody", (text, message) => {
    expect(() => evaluate(text, { inputs })).toThrow(message);
    expect(evaluate("true", {})).toBe(true);
  });
});

describe("expressions that each take nearly as long as they may", () => {
  const variablesWith = (text: string, count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, text]));

  test("are read for two seconds together, and not for as many as a graph holds", () => {
    const graph = graphSchema.parse({
      nodes: [{ name: "a", type: "prompt", prompt: "echo", variables: variablesWith("[".repeat(40), 1_000) }],
    });
    const before = process.cpuUsage();
    const faults = checkGraph(graph);
    // Microseconds: they would take a tenth of a second each.
    expect(process.cpuUsage(before).user).toBeLessThan(30_000_000);
    expect(faults).toHaveLength(1_000);
    expect(faults.at(-1)).toEqual({
      path: "nodes/0/variables/v999",
      message: "is not read: the expressions before it take more than 2000 ms of a processor",
    });
  });
});
