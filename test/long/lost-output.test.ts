import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerTo } from "../../services/model-simulator/words.ts";
import { startStack, type Stack, type Tenant, textOf } from "../services/stack.ts";

let stack: Stack;
let tenant: Tenant;
let admin: Client;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  tenant = await stack.tenant("one");
  admin = new Client({ connectionString: stack.platform.databaseUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await stack.stop();
});

/** Makes Postgres refuse pieces of output, with an error of its own kind, where `condition` holds. */
async function failInserts(condition: string, code: string): Promise<void> {
  await admin.query(`
    CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'on demand' USING ERRCODE = '${code}'; END $$;
    DROP TRIGGER IF EXISTS fail ON execution_events;
    CREATE TRIGGER fail BEFORE INSERT ON execution_events FOR EACH ROW
      WHEN (NEW.type = 'token_chunk' AND ${condition}) EXECUTE FUNCTION fail()`);
}

test("output that Postgres could not take begins again, and the event says so", async () => {
  await failInserts("NEW.attempt = 1", "53200");
  const prompt = await tenant.prompt("full");
  const id = await tenant.execute(prompt, "once more");
  const worker = await stack.platform.startWorker("first");
  const events = await tenant.follow(id);
  await worker.stop();
  expect(events.filter(({ type }) => type === "job_retrying").map(({ data }) => data["reason"])).toEqual([
    "output_not_written",
  ]);
  expect(events.at(-1)).toMatchObject({ type: "job_complete", attempt: 2 });
  expect(textOf(events)).toBe(answerTo("user: once more", 32).join(""));
});

test("output that Postgres refuses fails its own execution, and no other", async () => {
  const prompt = await tenant.prompt("refused");
  const [poisoned = "", ...others] = await Promise.all(
    Array.from({ length: 10 }, (_, index) => tenant.execute(prompt, String(index))),
  );
  await failInserts(`NEW.execution_id = '${poisoned}'`, "22021");
  const worker = await stack.platform.startWorker("second");
  const ends = await Promise.all([poisoned, ...others].map(async (id) => (await tenant.follow(id)).at(-1)));
  await worker.stop();
  expect(ends[0]).toMatchObject({ type: "job_failed", attempt: 1, data: { error: { code: "output_refused" } } });
  for (const end of ends.slice(1)) expect(end).toMatchObject({ type: "job_complete", attempt: 1 });
});
