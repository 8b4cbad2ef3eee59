import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimStatement, lockStatement, takeLeases } from "../../services/shared/executions/claim.ts";
import { countWaiting } from "../../services/shared/executions/counts.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import { endAttempt } from "../../services/shared/executions/end-attempt.ts";
import { endpoint, type ExecutionDatabase, roomFor, startExecutionDatabase } from "../services/execution-database.ts";
import { modelWith } from "../services/model-with.ts";

let database: ExecutionDatabase;
let tenants: [string, string, string];
beforeAll(async () => {
  database = await startExecutionDatabase();
  tenants = [await database.tenant("one"), await database.tenant("two"), await database.tenant("three")];
});
afterAll(async () => {
  await database.stop();
});
beforeEach(async () => {
  await database.rows("TRUNCATE executions, leases, turns, paces CASCADE");
  await database.rows("UPDATE tenants SET weight = 1");
});

const take = async (room: number, of = endpoint): Promise<readonly Lease[]> =>
  (await takeLeases(database.worker, of, roomFor(room))).leases;
const countOf = (leases: readonly Lease[], tenant: string): number =>
  leases.filter((lease) => lease.tenant === tenant).length;

describe("leases are taken in turn over tenants", () => {
  test("so that the ten of one start in the first twenty, however many another has put before them", async () => {
    const [flooding, small] = tenants;
    await database.queue(flooding, 10_000);
    await take(100);
    await database.queue(small, 10);
    const taken = await take(20);
    expect([countOf(taken, flooding), countOf(taken, small)]).toEqual([10, 10]);
  });

  test("one by one, where the endpoint runs no more than one at once", async () => {
    const [one, two] = tenants;
    await database.queue(one, 100);
    await database.queue(two, 3);
    const order: string[] = [];
    for (let turn = 0; turn < 8; turn++) {
      const [lease, ...more] = await take(256, { ...endpoint, concurrency: 1 });
      expect(more).toEqual([]);
      order.push(lease?.tenant === one ? "one" : "two");
      await endAttempt(database.worker, lease as Lease, {
        state: "succeeded",
        output: "",
        usage: {},
        finishReason: "stop",
      });
    }
    expect(order.toSorted()).toEqual(["one", "one", "one", "one", "one", "two", "two", "two"]);
    expect(order.slice(0, 6).filter((each) => each === "two")).toHaveLength(3);
  });

  test("by their weights", async () => {
    const [one, two, three] = tenants;
    await database.rows("UPDATE tenants SET weight = 3 WHERE id = $1", [one]);
    await database.rows("UPDATE tenants SET weight = 0.5 WHERE id = $1", [three]);
    for (const tenant of tenants) await database.queue(tenant, 200);
    const taken: Lease[] = [];
    for (let claim = 0; claim < 9; claim++) taken.push(...(await take(10)));
    expect([one, two, three].map((tenant) => countOf(taken, tenant))).toEqual([60, 20, 10]);
  });

  test("and who was idle has saved nothing up", async () => {
    const [one, two] = tenants;
    await database.queue(one, 300);
    await take(100);
    await database.queue(two, 200);
    const taken = await take(100);
    expect(countOf(taken, one)).toBeGreaterThanOrEqual(49);
    expect(countOf(taken, two)).toBeGreaterThanOrEqual(49);
  });

  test("each one's oldest first, over the models of the endpoint", async () => {
    const [one] = tenants;
    const [first, second, third] = await database.queue(one, 3);
    await database.rows("UPDATE executions SET model = 'other' WHERE id = $1", [second]);
    const both = { ...endpoint, models: ["other", "simulated"].map((name) => modelWith({ name })) };
    const order = [];
    for (let claim = 0; claim < 3; claim++) order.push(...(await take(1, both)));
    expect(order.map(({ id }) => id)).toEqual([first, second, third]);
  });
});

describe("a claim", () => {
  test("takes no more bytes of prompts than it may, but at least one", async () => {
    const [one] = tenants;
    const fill = (mebibytes: number): Promise<unknown> =>
      database.rows(
        `UPDATE executions SET messages = jsonb_build_array(jsonb_build_object('content', repeat('x', $1 * 1024 * 1024)))
          WHERE state = 'queued'`,
        [mebibytes],
      );
    await database.queue(one, 8);
    await fill(5);
    expect(await take(10)).toHaveLength(7);
    await database.queue(one, 1);
    await fill(40);
    expect(await take(10)).toHaveLength(1);
  });

  // A flood is not in the statistics yet when it is claimed from: then the planner would sort it, if it might.
  test.each([
    ["spread over 30 tenants", "VACUUM ANALYZE"],
    ["all of one tenant", "VACUUM ANALYZE"],
    [
      "all of one tenant, before Postgres has counted them",
      "DELETE FROM pg_statistic WHERE starelid = 'executions'::regclass",
    ],
  ])("reads and sorts by what it takes, not by the 30,000 that wait, %s", async (spread, analyze) => {
    const [one] = tenants;
    await database.rows(
      "INSERT INTO tenants (name) SELECT 'tenant ' || number FROM generate_series(1, 30) AS number ON CONFLICT DO NOTHING",
    );
    await database.queue(one, 30_000);
    if (spread.startsWith("spread")) {
      await database.rows(
        `UPDATE executions SET tenant_id = numbered.id
          FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM tenants WHERE name LIKE 'tenant %') AS numbered
          WHERE number = (extract(milliseconds FROM due_at)::int % 30)`,
      );
    }
    await database.rows(analyze);
    const { text, values } = claimStatement(endpoint, roomFor(256));
    await database.rows("BEGIN");
    await database.admin.query(lockStatement(endpoint));
    const [explained] = await database.rows(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
    await database.rows("ROLLBACK");
    const nodes = nodesOf(explained?.["QUERY PLAN"][0].Plan as PlanNode);
    const rowsOf = (node: PlanNode): number => node["Actual Rows"] * node["Actual Loops"];
    const read = nodes.filter((node) => node["Relation Name"] === "executions" && /Scan/.test(node["Node Type"]));
    expect(read.reduce((sum, node) => sum + rowsOf(node), 0)).toBeLessThan(5_000);
    expect(nodes.filter((node) => /Sort/.test(node["Node Type"])).map(rowsOf)).toSatisfy((sorted: number[]) =>
      sorted.every((rows) => rows < 2_000),
    );
    expect(await take(256)).toHaveLength(256);
  });
});

test("what waits and is due is counted, whether workers were lost with it or not", async () => {
  const [one] = tenants;
  const ids = await database.queue(one, 5);
  await database.rows("UPDATE executions SET losses = 1 WHERE id = $1", [ids[0]]);
  await database.rows("UPDATE executions SET due_at = now() + interval '1 hour' WHERE id = $1", [ids[1]]);
  await take(1);
  expect(await countWaiting(database.worker)).toBe(3);
});

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
