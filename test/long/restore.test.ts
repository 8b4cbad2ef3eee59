import { beforeAll, describe, expect, test } from "vitest";
import { plannedChanges } from "../../plan/changes/steps.ts";
import { carriedBy } from "../../plan/clouds/holders.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { prove } from "../../proofs/index.ts";
import { destructiveChanges } from "../../proofs/no-destructive-change.ts";
import { freshPlan } from "../plans.ts";
import { damaged } from "../proofs/cloud.ts";

const pointInTime = { generation: 2, pointInTime: "2026-11-30T02:15:00Z" };
const failuresOf = (plan: Plan): string[] => prove(plan).flatMap(({ failures }) => failures);
const destroyed = (before: Plan, after: Plan): string[] => {
  const { resources } = plannedChanges(before.resources, after.resources, carriedBy);
  return destructiveChanges(resources, after, true).map((failure) => failure.split(".")[0] ?? "");
};

describe.each([
  ["production", "promptops-production", "Instance"],
  ["production-lke", "123456", "DatabasePostgresqlV2"],
])("a restored database of %s", (name, of, type) => {
  const restoreFrom = { "database.restoreFrom": { ...pointInTime, of } };
  const moved = { ...restoreFrom, "database.generation": 2 };
  let before: Plan, restored: Plan, kept: Plan, released: Plan, alone: Plan;
  beforeAll(async () => {
    before = await freshPlan(name);
    restored = await freshPlan(name, restoreFrom);
    kept = await freshPlan(name, { ...moved, "database.retiring": { protect: true } });
    released = await freshPlan(name, { ...moved, "database.retiring": { protect: false } });
    alone = await freshPlan(name, { "database.generation": 2 });
  });

  test("breaks no proof, beside the other, after the move and alone", () => {
    for (const plan of [restored, kept, released, alone]) expect(failuresOf(plan)).toEqual([]);
  });

  test("may be deleted before services use it, and not from then on", () => {
    expect(destroyed(restored, before)).toEqual([]);
    expect(destroyed(kept, before)).toContain(`${type} 'database-2' is deleted`);
  });

  test("deletes no server that can be written to when services move, unless the earlier one is not kept", () => {
    const servers = new RegExp(`^${type} 'database(-2)?' `);
    expect(destroyed(restored, kept).filter((each) => servers.test(each))).toEqual([]);
    expect(destroyed(restored, alone).filter((each) => servers.test(each))).toEqual([`${type} 'database' is deleted`]);
    expect(destroyed(released, alone).filter((each) => servers.test(each))).toEqual([`${type} 'database' is deleted`]);
  });

  test("must be protected once services use it", () => {
    const damage = damaged(kept, `${type} database-2`, (_, resource) => (resource.protect = false));
    expect(failuresOf(damage)).toEqual([expect.stringMatching(`^${type} 'database-2' can be deleted by Pulumi`)]);
  });
});
