import { afterEach, beforeEach, expect, test } from "vitest";
import { liftGuards } from "../../../operations/guards.ts";
import { environment } from "../../environments.ts";
import { openTestStack, type TestStack } from "./stack.ts";

const NAME = "production-lke";
const of = environment(NAME);
const teardown = { keepBackups: false };

let opened: TestStack;
beforeEach(async () => {
  opened = await openTestStack(NAME, { databasePort: of.database.port, checkpoints: true });
});
afterEach(() => {
  opened.close();
});

test("an up that the cloud stopped half-way is completed by the next one", async () => {
  const { stack, refuse } = opened;
  refuse("linode:index/lkeNodePool:LkeNodePool");
  await expect(stack.up(of)).rejects.toThrow("ServiceUnavailable: linode:index/lkeNodePool:LkeNodePool");
  refuse(undefined);
  await stack.up(of);
  expect(await stack.preview(of)).toEqual([]);
});

test("a teardown that the cloud stopped half-way is completed by the next one", async () => {
  const { stack, refuse, standing } = opened;
  await stack.up(of);
  refuse("linode:index/databasePostgresqlV2:DatabasePostgresqlV2");
  await liftGuards(stack, of, teardown);
  await expect(stack.destroy()).rejects.toThrow("ServiceUnavailable");
  expect(standing()).not.toEqual([]);
  refuse(undefined);
  await liftGuards(stack, of, teardown);
  await stack.destroy();
  expect(standing()).toEqual([]);
});
