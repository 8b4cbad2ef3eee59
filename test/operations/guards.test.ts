import { expect, test } from "vitest";
import { liftGuards } from "../../operations/guards.ts";
import type { StateResource } from "../../operations/stack.ts";
import { environment } from "../environments.ts";

const of = environment("production-lke");
const urn = (type: string, name: string): string => `urn:pulumi:production-lke::promptops::${type}::${name}`;
const resource = (type: string, name: string, rest: Partial<StateResource> = {}): StateResource => ({
  ...{ urn: urn(type, name), type, custom: true },
  ...rest,
});

/** A stack whose program must not run. */
const withoutProgram = (resources: StateResource[]): Parameters<typeof liftGuards>[0] => ({
  resources: () => Promise.resolve(resources),
  preview: () => Promise.reject(new Error("previewed")),
  up: () => Promise.reject(new Error("updated")),
});

const DATABASE = "linode:index/databasePostgresqlV2:DatabasePostgresqlV2";

test("without a cluster nothing is run, and what refuses to be deleted is named", async () => {
  const guarded = [
    resource(DATABASE, "database", { protect: true }),
    resource("aws:rds/instance:Instance", "main", { inputs: { deletionProtection: true } }),
  ];
  await expect(
    liftGuards(withoutProgram([...guarded, resource("a:b:C", "free")]), of, { keepBackups: true }),
  ).rejects.toThrow(
    "'production-lke' has no cluster, and 2 of its resources refuse to be deleted:\n  DatabasePostgresqlV2 database\n  Instance main\n",
  );
});

test("without a cluster and without guards there is nothing to lift", async () => {
  expect(await liftGuards(withoutProgram([resource(DATABASE, "database")]), of, { keepBackups: true })).toEqual([]);
});
