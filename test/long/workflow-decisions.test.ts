import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStack, type Stack, type Tenant } from "../services/stack.ts";
import {
  answer,
  childrenOf,
  echo,
  ended,
  execution,
  nodeToBe,
  runWorkflow,
  statesOf,
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

describe("a person", () => {
  test("approves a node once, and their words are its output", async () => {
    const id = await runWorkflow(tenant, [{ name: "agreed", type: "approval" }], {
      output: "nodes.agreed.output.comment",
    });
    await nodeToBe(tenant, id, "agreed", "waiting");
    const decide = (decision: string): ReturnType<Tenant["call"]> =>
      tenant.call("POST", `/executions/${id}/nodes/agreed/${decision}`, { comment: "fine" });
    expect((await decide("retry")).body).toMatchObject({ status: 409, code: "node_not_waiting" });
    expect((await decide("approve")).status).toBe(200);
    expect(await ended(tenant, id)).toMatchObject({ state: "succeeded", output: "fine", nodes: [{ comment: "fine" }] });
    expect((await decide("approve")).body).toMatchObject({ status: 409, code: "already_ended" });
    expect((await tenant.call("POST", `/executions/${id}/nodes/other/approve`, {})).status).toBe(404);
  });

  test("rejects a node, and the workflow fails with their words", async () => {
    const id = await runWorkflow(tenant, [
      { name: "agreed", type: "approval" },
      echo("next", "'x'", { after: ["agreed"] }),
    ]);
    await nodeToBe(tenant, id, "agreed", "waiting");
    await tenant.call("POST", `/executions/${id}/nodes/agreed/reject`, { comment: "not like this" });
    const result = await ended(tenant, id);
    expect(result).toMatchObject({ state: "failed", error: { code: "rejected", message: "not like this" } });
    expect(statesOf(result)).toEqual({ agreed: "failed", next: "pending" });
  });

  test("approves on second thoughts what was rejected, where the node is paused then", async () => {
    const id = await runWorkflow(tenant, [{ name: "agreed", type: "approval", onFailure: "pause" }]);
    for (const [state, decision] of [
      ["waiting", "reject"],
      ["paused", "retry"],
      ["waiting", "approve"],
    ] as const) {
      await nodeToBe(tenant, id, "agreed", state);
      expect((await tenant.call("POST", `/executions/${id}/nodes/agreed/${decision}`, {})).status).toBe(200);
    }
    expect(await ended(tenant, id)).toMatchObject({ state: "succeeded", nodes: [{ state: "completed", attempt: 2 }] });
  });

  test("retries a node that failed, and it alone runs again", async () => {
    await stack.fault({ kind: "status", status: 400 });
    const id = await runWorkflow(
      tenant,
      [echo("before", "'b'", { onFailure: "pause" }), echo("next", "nodes.before.output", { after: ["before"] })],
      { output: "nodes.next.output" },
    );
    await nodeToBe(tenant, id, "before", "paused");
    expect((await execution(tenant, id)).nodes[0]?.error).toMatchObject({ code: "model_http_400" });
    await tenant.call("POST", `/executions/${id}/nodes/before/retry`, {});
    const result = await ended(tenant, id);
    expect(result).toMatchObject({ state: "succeeded", output: answer(answer("b")) });
    expect(result.nodes.map(({ node, attempt }) => [node, attempt])).toEqual([
      ["before", 2],
      ["next", 1],
    ]);
    expect(
      (await childrenOf(tenant, id))
        .map(({ parent, state }) => `${parent?.node} ${parent?.attempt} ${state}`)
        .toSorted(),
    ).toEqual(["before 1 failed", "before 2 succeeded", "next 1 succeeded"]);
  });

  test("retries a map, and only what failed runs again", async () => {
    await stack.fault({ kind: "status", status: 400 });
    const id = await runWorkflow(
      tenant,
      [
        {
          name: "each",
          type: "map",
          over: "['a', 'b', 'c']",
          prompt: "echo",
          variables: { text: "item" },
          onFailure: "pause",
        },
      ],
      { output: "nodes.each.output" },
    );
    await nodeToBe(tenant, id, "each", "paused");
    await tenant.call("POST", `/executions/${id}/nodes/each/retry`, {});
    const { output } = await ended(tenant, id);
    expect(JSON.parse(output ?? "")).toEqual([answer("a"), answer("b"), answer("c")]);
    const attempts = (await childrenOf(tenant, id)).map(({ parent, state }) => `${parent?.attempt} ${state}`);
    expect(attempts.toSorted()).toEqual(["1 failed", "1 succeeded", "1 succeeded", "2 succeeded"]);
  });

  test("aborts a node that failed, and the workflow fails with its error", async () => {
    await stack.fault({ kind: "status", status: 400 });
    const id = await runWorkflow(tenant, [echo("only", "'x'", { onFailure: "pause" })]);
    await nodeToBe(tenant, id, "only", "paused");
    await tenant.call("POST", `/executions/${id}/nodes/only/abort`, {});
    expect(await ended(tenant, id)).toMatchObject({
      state: "failed",
      error: { code: "model_http_400" },
      nodes: [{ state: "failed" }],
    });
  });
});
