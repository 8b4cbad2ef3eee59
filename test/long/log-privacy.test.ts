import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate } from "../../services/shared/database/migrate.ts";
import { createLog } from "../../services/shared/runtime/log.ts";
import { root } from "../environments.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";

const CANARY = "canary-7f3a";
/** Tables that hold what users sent, or what was made of it. */
const TABLES = ["prompts", "prompt_versions", "executions", "idempotency_keys", "sessions", "refresh_tokens"];

let stack: Stack;
let one: Tenant;
let database: Client;
beforeAll(async () => {
  stack = await startStack();
  one = await stack.tenant("one");
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
  // Postgres repeats a row in the message, detail, hint and context of an error.
  await database.query(`CREATE FUNCTION repeat_row() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION USING MESSAGE = 'refused ' || NEW, DETAIL = 'detail ' || NEW, HINT = 'hint ' || NEW, TABLE = TG_TABLE_NAME;
    END $$`);
});
afterAll(async () => {
  await database.end();
  await stack.stop();
});

const logged = (): string => stack.lines.map(({ line }) => line).join("\n");
const refuse = async (table: string, event = "INSERT"): Promise<void> => {
  await database.query(`CREATE TRIGGER refuse BEFORE ${event} ON ${table} FOR EACH ROW EXECUTE FUNCTION repeat_row()`);
};
const allow = async (table: string): Promise<void> => {
  await database.query(`DROP TRIGGER refuse ON ${table}`);
};
const prompt = {
  name: CANARY,
  model: `model-${CANARY}`,
  messages: [{ role: "user", content: `${CANARY} {{${CANARY.replace("-", "_")}}}` }],
  variables: { [CANARY.replace("-", "_")]: { default: CANARY } },
};

describe("a request that Postgres refuses, with a user's word in every field,", () => {
  test.each(TABLES)("logs the error's code and table, and no word of it: %s", async (table) => {
    const id = await one.prompt(`prompt-of-${table.replace("_", "-")}`);
    const before = stack.lines.length;
    await refuse(table);
    try {
      const headers = { "idempotency-key": `${CANARY}-${table}` };
      const answers = [
        await one.call("POST", "/prompts", prompt),
        await one.call("POST", `/prompts/${id}/versions`, prompt),
        await one.call("POST", `/prompts/${id}/execute`, { variables: { text: CANARY } }, headers),
        await one.call("POST", "/tokens"),
      ];
      const failed = answers.filter(({ status }) => status === 500);
      expect(failed.length).toBeGreaterThan(0);
      for (const { body } of failed) expect(JSON.stringify(body)).not.toContain(CANARY);
    } finally {
      await allow(table);
    }
    // Lines come over a pipe, and may come after the answers.
    const errors = await until("the failure to be logged", () => {
      const lines = stack.lines.slice(before).map(({ line }) => JSON.parse(line) as { msg: string; err?: object });
      const found = lines.filter(({ msg }) => msg === "a request failed");
      return Promise.resolve(found.length > 0 ? found : undefined);
    });
    for (const { err } of errors)
      expect(err).toMatchObject({
        type: "DatabaseError",
        code: "P0001",
        table,
        stack: expect.stringMatching(/^ {4}at /),
      });
    expect(logged()).not.toContain(CANARY);
  });

  test("logs no word of a request that is refused for its form", async () => {
    for (const [method, path, body] of [
      ["POST", "/prompts", `{"${CANARY}": ${CANARY}`],
      ["POST", "/prompts", { ...prompt, [CANARY]: CANARY }],
      ["GET", `/prompts/${CANARY}?before=${CANARY}`],
      ["GET", `/${CANARY}/%ff?${CANARY}=${CANARY}`],
      ["POST", "/tokens/refresh", { refreshToken: CANARY }],
      ["GET", `/executions/${CANARY}/stream?access_token=${CANARY}`],
    ] as const)
      expect((await one.call(method, path, body)).status).toBeLessThan(500);
    expect(logged()).not.toContain(CANARY);
  });
});

test("a worker logs no word of an execution, whatever the model and Postgres make of it", async () => {
  const own = await one.prompt("own");
  const execute = (): Promise<string> => one.execute(own, CANARY);
  for (const kind of ["garbage", "cut_stream", "status"]) await stack.fault({ kind });
  for (let count = 0; count < 3; count += 1) await one.follow(await execute());
  // What it writes is refused, with the row in the error.
  const before = stack.lines.length;
  await refuse("executions", "UPDATE");
  try {
    await execute();
    await until("the worker to fail", () =>
      Promise.resolve(stack.lines.slice(before).some(({ line }) => line.includes("P0001")) || undefined),
    );
  } finally {
    await allow("executions");
  }
  expect(logged()).not.toContain(CANARY);
});

test("a migration that fails on users' rows is named, and logs no word of them", async () => {
  await one.prompt(`twice-${CANARY}`);
  await (await stack.tenant("two")).prompt(`twice-${CANARY}`);
  const folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
  const written: string[] = [];
  const log = createLog("api-migrate", "info", { write: (line) => written.push(line) });
  try {
    // The ones that are applied already come first.
    cpSync(join(root, "services/api/migrations"), folder, { recursive: true });
    writeFileSync(join(folder, "9999_once.sql"), "-- Up Migration\nCREATE UNIQUE INDEX once ON prompts (name);\n");
    await migrate(stack.platform.databaseUrl, folder, log);
    expect.unreachable("two tenants have a prompt of this name");
  } catch (error) {
    log.fatal({ err: error }, "the job failed");
    expect(JSON.parse(written.at(-1) ?? "{}")).toMatchObject({
      err: {
        message: "Migration '9999_once' failed. Nothing of it was applied.",
        cause: { code: "23505", constraint: "once" },
      },
    });
    expect(written.join("")).not.toContain(CANARY);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("an error in a log line", () => {
  const lines: string[] = [];
  const log = createLog("api", "info", { write: (line) => lines.push(line) });
  const errorOf = (error: unknown): Record<string, unknown> => {
    log.error({ err: error }, "failed");
    return (JSON.parse(lines.at(-1) ?? "{}") as { err: Record<string, unknown> }).err;
  };

  test("keeps the message of an error of ours and of the system's, which name no user's word", () => {
    expect(errorOf(new Error("No key signs yet."))).toMatchObject({ type: "Error", message: "No key signs yet." });
    const system = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), {
      code: "ECONNREFUSED",
      syscall: "connect",
    });
    expect(errorOf(system)).toMatchObject({ code: "ECONNREFUSED", message: "connect ECONNREFUSED 127.0.0.1:1" });
  });

  test("has neither the message nor the fields of an error of a parser, a library or a class that nobody knows", () => {
    class Unknown extends Error {
      readonly body = CANARY;
    }
    const causes = [new SyntaxError(CANARY), new TypeError(CANARY), new Unknown(`a\n    at ${CANARY}`)];
    for (const cause of causes) {
      const found = errorOf(new Error("It failed.", { cause: new Error("Inside.", { cause }) }));
      expect(found).toMatchObject({ cause: { cause: { type: cause.constructor.name } } });
      expect(JSON.stringify(found)).not.toContain(CANARY);
    }
    expect(JSON.stringify(errorOf(new AggregateError([new SyntaxError(CANARY)], "All failed.")))).not.toContain(CANARY);
    for (const thrown of [CANARY, { message: CANARY }, [CANARY]])
      expect(JSON.stringify(errorOf(thrown))).not.toContain(CANARY);
  });

  test("and a request show no query, header or body", () => {
    const request = { method: "GET", url: `/x?access_token=${CANARY}`, headers: { cookie: CANARY }, body: CANARY };
    log.info({ req: request, res: { statusCode: 200, body: CANARY } }, "seen");
    expect(lines.at(-1)).not.toContain(CANARY);
    expect(JSON.parse(lines.at(-1) ?? "{}")).toMatchObject({ req: { method: "GET" }, res: { statusCode: 200 } });
  });
});
