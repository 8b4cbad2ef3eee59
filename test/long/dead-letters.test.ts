import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerTo } from "../../services/model-simulator/words.ts";
import { quarantine } from "../services/quarantine.ts";
import { startStack, type Stack, type Tenant, textOf } from "../services/stack.ts";

let stack: Stack;
let tenant: Tenant;
let prompt: string;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  tenant = await stack.tenant("one");
  prompt = await tenant.prompt("echo");
});
afterAll(async () => {
  await stack.stop();
});

const listed = async (query = ""): Promise<string[]> =>
  (await tenant.call("GET", `/dead-letters${query}`)).body.executions.map(({ id }: { id: string }) => id);

describe("dead letters", () => {
  test("are listed, the latest first, page by page", async () => {
    const ids: string[] = [];
    for (const text of ["a", "b", "c"]) {
      ids.push(await tenant.execute(prompt, text));
      await quarantine(stack, ids.at(-1) ?? "");
    }
    await tenant.execute(prompt, "not one of them");
    const latest = ids.toReversed();
    expect(await listed()).toEqual(latest);
    expect(await listed("?limit=2")).toEqual(latest.slice(0, 2));
    expect(await listed(`?before=${latest[1] ?? ""}`)).toEqual(latest.slice(2));
    const { body } = await tenant.call("GET", `/executions/${ids[0] ?? ""}`);
    expect(body).toMatchObject({ state: "failed", error: { code: "quarantined" } });
  });

  test("run again once, as another execution of the same prompt", async () => {
    const letter = await tenant.execute(prompt, "again");
    await quarantine(stack, letter);
    const rerun = await tenant.call("POST", `/dead-letters/${letter}/rerun`, { timeoutSeconds: 60 });
    expect(rerun).toMatchObject({ status: 202, body: { state: "queued" } });
    expect(rerun.headers.get("location")).toBe(`/executions/${rerun.body.id}`);
    expect(await listed()).not.toContain(letter);
    expect((await tenant.call("POST", `/dead-letters/${letter}/rerun`, {})).body).toMatchObject({
      status: 404,
      code: "not_found",
    });
    const worker = await stack.platform.startWorker("worker");
    const events = await tenant.follow(rerun.body.id);
    expect(events.at(-1)).toMatchObject({ type: "job_complete", attempt: 1 });
    expect(textOf(events)).toBe(answerTo("user: again", 32).join(""));
    expect((await tenant.call("GET", `/executions/${letter}`)).body.state).toBe("failed");
    await worker.stop();
  });

  test("that may not run yet stay on the list", async () => {
    const own = await stack.tenant("full");
    const letter = await own.execute(await own.prompt("echo"), "waits");
    await quarantine(stack, letter);
    const { Client } = await import("pg");
    const client = new Client({ connectionString: stack.platform.databaseUrl });
    await client.connect();
    await client.query("UPDATE tenants SET max_bytes = 1 WHERE name = 'full'");
    await client.end();
    const refused = await own.call("POST", `/dead-letters/${letter}/rerun`, {});
    expect(refused.body).toMatchObject({ status: 429, code: "too_many_bytes" });
    expect((await own.call("GET", "/dead-letters")).body.executions).toHaveLength(1);
  });
});
