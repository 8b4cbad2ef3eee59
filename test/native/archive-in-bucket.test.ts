import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack, type Stack, until } from "../services/stack.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

let server: S3Server;
let stack: Stack;
beforeAll(async () => {
  server = await startS3Server();
  stack = await startStack({ bucket: server });
});
afterAll(async () => {
  await stack.stop();
  await server.close();
});

test("a worker archives to a bucket, and the API reads from it, and says so while the bucket does not answer", async () => {
  const tenant = await stack.tenant("one");
  const id = await tenant.execute(await tenant.prompt("echo"), "hello");
  await tenant.follow(id);
  const events = (await tenant.call("GET", `/executions/${id}/events`)).body;
  const database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
  await database.query("UPDATE executions SET finished_at = now() - interval '100 days'");
  // A worker looks when it starts, and then every minute.
  await stack.platform.startWorker("late");
  await until("the execution to be archived", async () =>
    (await database.query("SELECT FROM executions")).rowCount === 0 ? true : undefined,
  );
  await database.end();
  expect((await tenant.call("GET", `/executions/${id}`)).body).toMatchObject({ id, state: "succeeded" });
  expect((await tenant.call("GET", `/executions/${id}/events`)).body).toEqual(events);
  await server.close();
  const { status, body } = await tenant.call("GET", `/executions/${id}`);
  expect([status, body.code]).toEqual([503, "unavailable"]);
});
