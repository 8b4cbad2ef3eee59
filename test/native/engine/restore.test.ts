import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { liftGuards } from "../../../operations/guards.ts";
import type { Environment } from "../../../platform/environment.ts";
import { environment } from "../../environments.ts";
import { openTestStack, type TestStack } from "./stack.ts";

const INSTANCE = "aws:rds/instance:Instance";
const from = { generation: 2, pointInTime: "2026-11-30T02:15:00Z", of: "promptops-staging" };
const asOf = (changes: Record<string, unknown>): Environment => environment("staging", { protect: true, ...changes });

const before = asOf({});
const restored = asOf({ "database.restoreFrom": from });
const moved = asOf({ "database.restoreFrom": from, "database.generation": 2, "database.retiring": { protect: true } });
const unprotected = asOf({ "database.generation": 2, "database.retiring": { protect: false } });
const after = asOf({ "database.generation": 2 });

describe("a restored database, on the real engine", () => {
  let opened: TestStack;
  beforeAll(async () => {
    opened = await openTestStack("staging");
    await opened.stack.up(before);
  });
  afterAll(() => {
    opened.close();
  });

  const servers = (): Record<string, unknown> =>
    Object.fromEntries(
      opened
        .standing()
        .filter(({ type }) => type === INSTANCE)
        .map(({ inputs }) => [inputs["identifier"], inputs["deletionProtection"]]),
    );
  /** What an up does to servers. */
  async function up(next: Environment): Promise<string[]> {
    const steps = await opened.stack.up(next);
    return steps
      .filter(({ urn }) => urn.includes(INSTANCE))
      .map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`)
      .toSorted();
  }

  test("is created beside the one that services use, which stays as it is", async () => {
    expect(await up(restored)).toEqual(["create database-2"]);
    expect(await opened.stack.preview(restored)).toEqual([]);
    expect(servers()).toMatchObject({ "promptops-staging": true, "promptops-staging-2": false });
    expect(await opened.stack.output("restoredDatabaseEndpoint")).toBe("promptops-staging-2.example");
    expect(await opened.stack.output("databaseEndpoint")).toBe("promptops-staging.example");
  });

  test("is replaced when another time is named, and the other one is not", async () => {
    const another = asOf({ "database.restoreFrom": { ...from, pointInTime: "2026-11-30T02:00:00Z" } });
    expect(await up(another)).toEqual([
      "create-replacement database-2",
      "delete-replaced database-2",
      "replace database-2",
    ]);
  });

  test("is refused of a server that does not exist, and restored again", async () => {
    const unknown = asOf({ "database.restoreFrom": { ...from, of: "promptops-unknown" } });
    await expect(up(unknown)).rejects.toThrow("DBInstanceNotFound: promptops-unknown");
    expect(servers()).toHaveProperty("promptops-staging", true);
    // As Pulumi.yaml has the engine do before each run.
    await opened.stack.refresh();
    await up(restored);
    expect(servers()).toMatchObject({ "promptops-staging": true, "promptops-staging-2": false });
  });

  test("serves, protected, and the earlier one is kept, protected", async () => {
    expect(await up(moved)).toEqual([
      "create database-2-replica-eu-central-1b",
      "delete database-replica-eu-central-1b",
      "update database-2",
    ]);
    expect(await opened.stack.preview(moved)).toEqual([]);
    expect(servers()).toMatchObject({ "promptops-staging": true, "promptops-staging-2": true });
    expect(await opened.stack.output("databaseEndpoint")).toBe("promptops-staging-2.example");
    const selection = opened.standing().find(({ type }) => type === "aws:backup/selection:Selection");
    expect(selection?.inputs["resources"]).toEqual(["arn:aws:rds:eu-central-1:444455556666:db:promptops-staging-2"]);
    await expect(up(after)).rejects.toThrow(/protected/);
  });

  test("gives way to the earlier one again", async () => {
    await up(restored);
    expect(await opened.stack.output("databaseEndpoint")).toBe("promptops-staging.example");
    expect(servers()).toMatchObject({ "promptops-staging": true, "promptops-staging-2": false });
  });

  test("outlives the earlier one, once that is not protected", async () => {
    expect(await up(unprotected)).toContain("update database");
    expect(await opened.stack.output("databaseEndpoint")).toBe("promptops-staging-2.example");
    expect(await up(after)).toEqual(["delete database"]);
    expect(await opened.stack.preview(after)).toEqual([]);
    expect(Object.keys(servers()).toSorted()).toEqual([
      "promptops-staging-2",
      "promptops-staging-2-replica-eu-central-1b",
    ]);
  });

  test("is deleted with the environment", async () => {
    await liftGuards(opened.stack, after, { keepBackups: false });
    await opened.stack.destroy();
    expect(opened.standing()).toEqual([]);
  });
});
