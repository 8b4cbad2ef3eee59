import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";
import {
  answer,
  childrenOf,
  echo,
  ended,
  execution,
  executeWorkflow,
  type Nodes,
  nodeToBe,
  run,
  runWorkflow,
  statesOf,
  storeWorkflow,
} from "../services/workflow-calls.ts";

let stack: Stack;
let tenant: Tenant;
beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("one");
  await tenant.prompt("echo");
});
afterAll(async () => {
  await stack.stop();
});

describe("a workflow", () => {
  test("hands what a node returns to the next, and tells of each node once", async () => {
    const { events, ...result } = await run(
      tenant,
      [echo("first", "inputs.topic"), echo("second", "'more: ' + nodes.first.output", { after: ["first"] })],
      "nodes.second.output",
      { topic: "tides" },
    );
    expect(result).toMatchObject({ kind: "workflow", state: "succeeded", error: null, model: null });
    expect(result.output).toBe(answer(`more: ${answer("tides")}`));
    expect(result.nodes.map(({ node, state, attempt }) => [node, state, attempt])).toEqual([
      ["first", "completed", 1],
      ["second", "completed", 1],
    ]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const told = events.filter(({ type }) => type !== "job_started");
    expect(told.map(({ type, data }) => [type, data["node"]])).toEqual([
      ["node_started", "first"],
      ["node_completed", "first"],
      ["node_started", "second"],
      ["node_completed", "second"],
      ["job_complete", undefined],
    ]);
  });

  test("executes prompts like any other, which are listed under it alone, and counts what they used once", async () => {
    const { id, usage } = await run(tenant, [echo("one", "'x'"), echo("two", "'y'")]);
    const children = await childrenOf(tenant, id);
    expect(
      children.map(({ parent }) => parent).toSorted((a, b) => (String(a?.node) < String(b?.node) ? -1 : 1)),
    ).toEqual([
      { id, node: "one", item: 0, attempt: 1 },
      { id, node: "two", item: 0, attempt: 1 },
    ]);
    const sum = (key: string): number => children.reduce((total, child) => total + (child.usage?.[key] ?? 0), 0);
    expect(usage).toEqual({ promptTokens: sum("promptTokens"), completionTokens: sum("completionTokens") });
    expect(sum("completionTokens")).toBe(64);
    const listed = (await tenant.call("GET", "/executions?limit=100")).body.executions.map(
      (each: { id: string }) => each.id,
    );
    expect(listed).toContain(id);
    for (const child of children) {
      expect(listed).not.toContain(child.id);
      expect((await tenant.follow(child.id)).at(-1)?.type).toBe("job_complete");
    }
  });

  test("follows the branch that a condition chooses, and goes on where branches meet", async () => {
    const nodes: Nodes = [
      { name: "long", type: "condition", if: "size(inputs.text) > 3", then: ["cut"], else: ["keep"] },
      echo("cut", "'cut ' + inputs.text"),
      echo("keep", "inputs.text"),
      echo("after_cut", "nodes.cut.output", { after: ["cut"] }),
      echo("both", "nodes.cut.output == null ? nodes.keep.output : nodes.after_cut.output", {
        after: ["after_cut", "keep"],
      }),
    ];
    const short = await run(tenant, nodes, "nodes.both.output", { text: "abc" });
    expect(statesOf(short)).toEqual({
      ...{ long: "completed", cut: "skipped", keep: "completed", after_cut: "skipped", both: "completed" },
    });
    expect(short.output).toBe(answer(answer("abc")));
    const long = await run(tenant, nodes, "nodes.both.output", { text: "abcd" });
    expect(statesOf(long)).toMatchObject({ cut: "completed", keep: "skipped", after_cut: "completed" });
    expect(long.output).toBe(answer(answer(answer("cut abcd"))));
  });

  test("runs branches side by side: one that waits holds no other up", async () => {
    const id = await runWorkflow(tenant, [
      { name: "agreed", type: "approval" },
      echo("first", "'a'"),
      echo("second", "nodes.first.output", { after: ["first"] }),
      echo("last", "nodes.second.output", { after: ["second", "agreed"] }),
    ]);
    await nodeToBe(tenant, id, "second", "completed");
    await until("nobody to have it", async () => (await execution(tenant, id)).state === "waiting" || undefined);
    expect(statesOf(await execution(tenant, id))).toMatchObject({ agreed: "waiting", last: "pending" });
    await tenant.call("POST", `/executions/${id}/nodes/agreed/approve`, {});
    expect(statesOf(await ended(tenant, id))).toMatchObject({ agreed: "completed", last: "completed" });
  });

  test("maps a prompt over a list, in its order", async () => {
    const { output } = await run(
      tenant,
      [{ name: "each", type: "map", over: "inputs.list", prompt: "echo", variables: { text: "string(index) + item" } }],
      "nodes.each.output",
      { list: ["a", "b", "c"] },
    );
    expect(JSON.parse(output ?? "")).toEqual([answer("0a"), answer("1b"), answer("2c")]);
    const none: Nodes = [{ name: "each", type: "map", over: "[]", prompt: "echo", variables: { text: "item" } }];
    expect((await run(tenant, none, "nodes.each.output")).output).toBe("[]");
  });

  test("waits for a time without a worker, and goes on when it has come", async () => {
    const id = await runWorkflow(tenant, [
      { name: "pause", type: "wait", seconds: 2 },
      echo("next", "'x'", { after: ["pause"] }),
    ]);
    await until("nobody to have it", async () => (await execution(tenant, id)).state === "waiting" || undefined);
    const { events, state } = await ended(tenant, id);
    expect(state).toBe("succeeded");
    const at = (type: string, node: string): number =>
      Date.parse(events.find((event) => event.type === type && event.data["node"] === node)?.at ?? "");
    expect(at("node_completed", "pause") - at("node_waiting", "pause")).toBeGreaterThanOrEqual(1_900);
  });

  test("fails a node whose expressions take too long together, though none does alone", async () => {
    const variables = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`v${index}`, {}]));
    await tenant.prompt("many-variables", { variables, messages: [{ role: "user", content: "x" }] });
    const slow = "string(inputs.list.map(a, inputs.list.map(b, a + b).size()).size())";
    const node = {
      ...{ name: "ask", type: "map" as const, prompt: "many-variables", over: "inputs.list" },
      variables: Object.fromEntries(Object.keys(variables).map((name) => [name, slow])),
    };
    const list = Array.from({ length: 100 }, (_, index) => index);
    const id = await runWorkflow(tenant, [node], { inputs: { list } });
    await until("the workflow to end", async () => (await execution(tenant, id)).finishedAt ?? undefined);
    expect((await execution(tenant, id)).nodes[0]?.error).toEqual({
      code: "expression_failed",
      message: expect.stringMatching(
        /^variables\/v\d+: the expressions before it take more than 1500 ms of a processor$/,
      ) as string,
    });
  });
});

describe("what belongs to a workflow", () => {
  const slow: Nodes = [echo("slow", "'x'"), { name: "agreed", type: "approval" }];

  test("is cancelled with it", async () => {
    await stack.fault({ kind: "slow_first_token", seconds: 600 });
    const id = await runWorkflow(tenant, slow);
    const [child] = await until("the prompt to run", async () => {
      const children = await childrenOf(tenant, id);
      return children[0]?.state === "running" ? children : undefined;
    });
    expect((await tenant.call("POST", `/executions/${id}/cancel`)).body.state).toBe("cancelled");
    expect((await childrenOf(tenant, id)).map(({ state }) => state)).toEqual(["cancelled"]);
    expect((await tenant.follow(child?.id ?? "")).at(-1)?.type).toBe("job_cancelled");
    expect(statesOf(await ended(tenant, id))).toEqual({ slow: "cancelled", agreed: "cancelled" });
  });

  test("ends at its deadline", async () => {
    await stack.fault({ kind: "slow_first_token", seconds: 600 });
    const id = await runWorkflow(tenant, slow, { timeoutSeconds: 3 });
    expect(await ended(tenant, id)).toMatchObject({ state: "failed", error: { code: "deadline_exceeded" } });
    const [child] = await until("its prompt to end", async () => {
      const children = await childrenOf(tenant, id);
      return children[0]?.finishedAt === null ? undefined : children;
    });
    expect(["failed", "cancelled"]).toContain(child?.state);
  });

  test("ends when a node fails", async () => {
    await stack.fault({ kind: "slow_first_token", seconds: 600 });
    const id = await runWorkflow(tenant, [
      echo("slow", "'x'"),
      { name: "pause", type: "wait", seconds: 1 },
      { name: "wrong", type: "condition", if: "inputs.missing", after: ["pause"] },
    ]);
    const result = await ended(tenant, id);
    expect(result).toMatchObject({
      state: "failed",
      error: { code: "expression_failed", message: "if: field not found: missing." },
    });
    expect(statesOf(result)).toEqual({ slow: "cancelled", pause: "completed", wrong: "failed" });
    expect((await childrenOf(tenant, id)).map(({ state }) => state)).toEqual(["cancelled"]);
  });
});

describe("a version", () => {
  test("keeps the prompts that it was stored with", async () => {
    const own = await tenant.prompt("changing");
    const node = echo("only", "'x'", { prompt: "changing" });
    const workflow = await storeWorkflow(tenant, [node], "nodes.only.output");
    await tenant.call("POST", `/prompts/${own}/versions`, {
      ...{ model: "simulated", messages: [{ role: "user", content: "second: {{text}}" }], variables: { text: {} } },
    });
    expect((await ended(tenant, await executeWorkflow(tenant, workflow))).output).toBe(answer("x"));
    const added = await tenant.call("POST", `/workflows/${workflow}/versions`, {
      graph: { nodes: [node], output: "nodes.only.output" },
    });
    expect(added.body).toMatchObject({ version: 2, graph: { nodes: [{ name: "only", version: 2 }] } });
    expect((await ended(tenant, await executeWorkflow(tenant, workflow))).output).toBe(answer("second: x"));
    expect((await ended(tenant, await executeWorkflow(tenant, workflow, { version: 1 }))).output).toBe(answer("x"));
    expect((await tenant.call("GET", `/workflows/${workflow}/versions/1`)).body.graph.nodes[0].version).toBe(1);
  });

  test("is executed once under an idempotency key", async () => {
    const workflow = await storeWorkflow(tenant, [{ name: "pause", type: "wait", seconds: 0 }]);
    const send = (inputs: object): ReturnType<typeof tenant.call<{ id: string; code?: string }>> =>
      tenant.call("POST", `/workflows/${workflow}/execute`, { inputs }, { "idempotency-key": "once" });
    const [first, second] = [await send({ a: 1, b: 2 }), await send({ b: 2, a: 1 })];
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect((await send({ a: 2 })).body.code).toBe("idempotency_key_reused");
    expect(await ended(tenant, first.body.id)).toMatchObject({ state: "succeeded", output: null, usage: {} });
  });
});

describe("the counters of workflows", () => {
  test("count each once, and leave prompts to theirs", async () => {
    const counting = await stack.platform.startWorker("counting");
    const metrics = async (): Promise<Record<string, number>> => {
      const text = await (await fetch(`http://127.0.0.1:${counting.ports["metrics"] ?? 0}/metrics`)).text();
      const lines = [...text.matchAll(/^(promptops_(?:workflows|executions)\w*)\{state="(\w+)"\} (\d+)$/gm)];
      return Object.fromEntries(lines.map(([, name = "", state = "", value]) => [`${name} ${state}`, Number(value)]));
    };
    const known = await until("a count", async () => {
      const found = await metrics();
      return "promptops_executions_finished_total succeeded" in found ? found : undefined;
    });
    await run(tenant, [echo("one", "'x'"), echo("two", "'y'")]);
    const of = (kind: string): string => `promptops_${kind}_finished_total succeeded`;
    const later = await until("a later count", async () => {
      const found = await metrics();
      return (found[of("workflows")] ?? 0) > (known[of("workflows")] ?? 0) ? found : undefined;
    });
    expect([of("workflows"), of("executions")].map((name) => (later[name] ?? 0) - (known[name] ?? 0))).toEqual([1, 2]);
    expect(later["promptops_workflows waiting"]).toBe(0);
    await counting.stop();
  });
});
