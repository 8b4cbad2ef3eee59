import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type Stack, type Tenant, until } from "../services/stack.ts";
import { newPrompt, startEvaluationStack } from "../services/evaluation-stack.ts";
import {
  endOf,
  type ItemResults,
  itemsOf,
  newDataset,
  newEvaluator,
  newExperiment,
  readExperiment,
  readItems,
} from "../services/evaluation-calls.ts";

let stack: Stack;
let one: Tenant;
let two: Tenant;
let database: Client;
/** Version 1 says what it is given, and version 2 adds a character. */
let prompt: string;
beforeAll(async () => {
  stack = await startEvaluationStack();
  await stack.platform.startEvaluator("evaluator");
  [one, two] = [await stack.tenant("one"), await stack.tenant("two")];
  database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
  prompt = await newPrompt(one, "echo", "[{{text}}]", "[{{text}}!]");
});
afterAll(async () => {
  await database.end();
  await stack.stop();
});

const rows = async <Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> =>
  (await database.query<Row>(sql, values)).rows;

/** What became of a candidate, item by item. */
interface Column {
  readonly scores: readonly number[];
  readonly latencies: readonly number[];
  readonly tokens: readonly number[];
  readonly costs: readonly number[];
}

function resultsOf(items: readonly ItemResults[], place: number): Column {
  const results = items.map(({ results: of }) => of[place]);
  return {
    scores: results.map((result) => result?.scores[0]?.score ?? NaN),
    latencies: results.map((result) => result?.latencyMs ?? NaN),
    tokens: results.map((result) => result?.tokens ?? NaN),
    costs: results.map((result) => result?.microUsd ?? NaN),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

describe("an experiment", () => {
  test("scores each candidate on each item, side by side", async () => {
    const exact = await newEvaluator(one, { type: "equals" });
    const short = await newEvaluator(one, { type: "expression", expression: "size(output) < 3 ? 1.0 : 0.5" });
    const id = await newExperiment(one, {
      datasetId: await newDataset(one, itemsOf("a", "bb", "ccc")),
      evaluatorIds: [exact, short],
      candidates: [
        { promptId: prompt, version: 1 },
        { promptId: prompt, version: 2 },
      ],
    });
    const { state, items, results, endedResults, summary } = await endOf(one, id);
    expect({ state, items, results, endedResults }).toEqual({
      ...{ state: "succeeded", items: 3, results: 6, endedResults: 6 },
    });
    expect(
      summary.map(({ version, scores }) => [version, ...scores.map(({ mean, passed }) => [mean, passed])]),
    ).toEqual([
      [1, [1, 3], [(1 + 1 + 0.5) / 3, 3]],
      [2, [0, 0], [(1 + 0.5 + 0.5) / 3, 3]],
    ]);
    const read = await readItems(one, id);
    expect(read.map(({ item, results: of }) => [item, ...of.map(({ output }) => output)])).toEqual([
      [1, "a", "a!"],
      [2, "bb", "bb!"],
      [3, "ccc", "ccc!"],
    ]);
    expect((await readItems(one, id, "?limit=1&after=1")).map(({ item }) => item)).toEqual([2]);
  });

  test("goes on past an expression whose error quotes what Postgres cannot store, and keeps little of it", async () => {
    const reading = await newEvaluator(one, { type: "expression", expression: "json(output).score > 0.5" });
    const looking = await newEvaluator(one, { type: "expression", expression: '{"a": 1.0}[output] > 0.5' });
    const id = await newExperiment(one, {
      datasetId: await newDataset(one, itemsOf("\u{1F600} Great job", "x".repeat(5_000))),
      evaluatorIds: [reading, looking],
      candidates: [{ promptId: prompt, version: 1 }],
    });
    expect(await endOf(one, id)).toMatchObject({ state: "failed", error: { code: "nothing_scored" }, endedResults: 2 });
    const scores = (await readItems(one, id)).flatMap(({ results: [result] }) => result?.scores ?? []);
    expect(scores.map(({ error }) => error?.code)).toEqual(Array(4).fill("expression_failed"));
    expect(Math.max(...scores.map(({ error }) => error?.message.length ?? 0))).toBeLessThanOrEqual(1_000);
  });

  test("has figures that its rows give", async () => {
    const graded = await newEvaluator(one, {
      type: "expression",
      expression: "double(size(output)) / 10.0",
      threshold: 0.3,
    });
    const id = await newExperiment(one, {
      datasetId: await newDataset(one, itemsOf("a", "bbb", "cc", "dddd", "eeeee")),
      evaluatorIds: [graded],
      candidates: [
        { promptId: prompt, version: 1 },
        { promptId: prompt, version: 2 },
      ],
    });
    const { summary } = await endOf(one, id);
    const items = await readItems(one, id, "?limit=50");
    const [first, second] = [0, 1].map((place) => resultsOf(items, place)) as [Column, Column];
    for (const [column, candidate] of [
      [first, summary[0]],
      [second, summary[1]],
    ] as const) {
      const latencies = column.latencies.toSorted((a, b) => a - b);
      const passed = column.scores.filter((each) => each >= 0.3).length;
      expect(candidate).toMatchObject({
        ...{
          latencyMs: { p50: latencies[2], p95: latencies[4] },
          tokens: sum(column.tokens),
          microUsd: sum(column.costs),
        },
        scores: [
          { scored: 5, failures: 0, passed, passRate: passed / 5, mean: expect.closeTo(sum(column.scores) / 5, 12) },
        ],
      });
    }
    const differences = second.scores.map((each, index) => each - (first.scores[index] ?? NaN));
    const mean = sum(differences) / 5;
    const deviation = Math.sqrt(sum(differences.map((each) => (each - mean) ** 2)) / 4);
    // Student's t within which 95 % lie, with 4 degrees of freedom.
    const margin = (2.776445 * deviation) / Math.sqrt(5);
    expect(summary[0]?.scores[0]?.difference).toBeNull();
    expect(summary[1]?.scores[0]?.difference).toEqual({
      ...{ pairs: 5, mean: expect.closeTo(mean, 12) },
      interval: [expect.closeTo(mean - margin, 6), expect.closeTo(mean + margin, 6)],
    });
    expect(summary[0]?.microUsd).toBeGreaterThan(0);
  });

  test("runs the items and versions that there were when it was created", async () => {
    const labelled = await newPrompt(one, "labelled", "[{{text}}]", "[second]");
    await one.call("PUT", `/prompts/${labelled}/labels/production`, { version: 1 });
    const dataset = await newDataset(one, itemsOf("kept", "removed", "gone"));
    await one.call("DELETE", `/datasets/${dataset}/items/3`);
    const contains = await newEvaluator(one, { type: "contains" });
    const id = await newExperiment(one, {
      ...{ datasetId: dataset, evaluatorIds: [contains] },
      candidates: [{ promptId: labelled, label: "production" }, { promptId: labelled }],
    });
    await one.call("PUT", `/prompts/${labelled}/labels/production`, { version: 2 });
    await one.call("DELETE", `/datasets/${dataset}/items/2`);
    await one.call("POST", `/datasets/${dataset}/items`, { items: itemsOf("new") });
    const { summary } = await endOf(one, id);
    expect(summary.map(({ version, label }) => [version, label])).toEqual([
      [1, "production"],
      [2, null],
    ]);
    expect((await readItems(one, id)).map(({ item, expected }) => [item, expected])).toEqual([
      [1, "kept"],
      [2, "removed"],
    ]);
  });

  test("compares models, and gives no score where one has no price", async () => {
    const cheap = await newEvaluator(one, { type: "cost", maxMicroUsd: 1_000_000 });
    const id = await newExperiment(one, {
      ...{ datasetId: await newDataset(one, itemsOf("a")), evaluatorIds: [cheap] },
      candidates: [{ promptId: prompt }, { promptId: prompt, model: "unpriced" }],
    });
    const { state, summary } = await endOf(one, id);
    expect(state).toBe("succeeded");
    expect(summary.map(({ model, scores }) => [model, scores[0]?.mean, scores[0]?.failures])).toEqual([
      ["simulated", 1, 0],
      ["unpriced", null, 1],
    ]);
    const [item] = await readItems(one, id);
    expect(item?.results[1]?.scores[0]?.error).toEqual({ code: "no_price", message: "The model has no price." });
  });

  test("counts items that cannot be executed as failures, and fails when nothing is scored", async () => {
    const exact = await newEvaluator(one, { type: "equals" });
    const id = await newExperiment(one, {
      datasetId: await newDataset(one, [{ variables: { other: "a" } }, { variables: { other: "b" }, expected: "b" }]),
      ...{ evaluatorIds: [exact], candidates: [{ promptId: prompt, version: 1 }] },
    });
    const { state, error, summary } = await endOf(one, id);
    expect([state, error?.code]).toEqual(["failed", "nothing_scored"]);
    expect(summary[0]).toMatchObject({
      failures: 2,
      latencyMs: null,
      scores: [{ scored: 0, failures: 2, mean: null }],
    });
    const [item] = await readItems(one, id);
    expect(item?.results[0]?.error).toEqual({ code: "variables_do_not_fit", message: "'text' must be given." });
  });

  test("interrupts a hostile expression and scores the rest", async () => {
    const nested = `${"[1,2,3,4,5,6,7,8,9].all(a, ".repeat(9)}a > 0${")".repeat(9)}`;
    const hostile = await newEvaluator(one, { type: "expression", expression: `output == 'a' ? true : ${nested}` });
    const exact = await newEvaluator(one, { type: "equals" });
    const id = await newExperiment(one, {
      datasetId: await newDataset(one, itemsOf("a", "b", "c", "d", "e", "f", "g", "h", "i")),
      ...{ evaluatorIds: [hostile, exact], candidates: [{ promptId: prompt, version: 1 }] },
    });
    const { state, summary } = await endOf(one, id);
    expect(state).toBe("succeeded");
    expect(summary[0]?.scores).toMatchObject([
      { scored: 1, failures: 8, mean: 1 },
      { scored: 9, failures: 0, mean: 1 },
    ]);
  });

  test("keeps ten executions in flight, which are listed with it alone and cannot be answered from a cache", async () => {
    const id = await newExperiment(one, {
      datasetId: await newDataset(one, itemsOf(...Array.from({ length: 40 }, (_, number) => `item ${number}`))),
      evaluatorIds: [await newEvaluator(one, { type: "equals" })],
      candidates: [{ promptId: prompt, version: 1 }],
    });
    let most = 0;
    await until("the experiment to end", async () => {
      const [found] = await rows<{ count: number }>(
        "SELECT count(*)::int AS count FROM executions WHERE experiment_id = $1 AND finished_at IS NULL",
        id,
      );
      most = Math.max(most, found?.count ?? 0);
      return (await readExperiment(one, id)).state === "running" ? undefined : true;
    });
    expect(most).toBeLessThanOrEqual(10);
    expect(most).toBeGreaterThan(0);
    const listed = (await one.call("GET", "/executions?limit=100")).body.executions as { experimentId: unknown }[];
    expect(listed.filter(({ experimentId }) => experimentId !== null)).toEqual([]);
    const own = (await one.call("GET", `/executions?experiment=${id}&limit=100`)).body.executions as object[];
    expect(own).toHaveLength(40);
    expect(await rows("SELECT FROM executions WHERE experiment_id = $1 AND use_cache", id)).toEqual([]);
  });
});

describe("another organization", () => {
  test("reaches neither datasets, evaluators nor experiments, and can put none of them to use", async () => {
    const dataset = await newDataset(one, itemsOf("a"));
    const evaluator = await newEvaluator(one, { type: "equals" });
    const candidates = [{ promptId: prompt, version: 1 }];
    const id = await newExperiment(one, { datasetId: dataset, evaluatorIds: [evaluator], candidates });
    await endOf(one, id);
    for (const [method, path] of [
      ["GET", `/experiments/${id}`],
      ["GET", `/experiments/${id}/items`],
      ["POST", `/experiments/${id}/cancel`],
      ["GET", `/datasets/${dataset}`],
      ["GET", `/evaluators/${evaluator}`],
    ] as const)
      expect((await two.call(method, path)).status, path).toBe(404);
    expect((await two.call("GET", "/experiments")).body.experiments).toEqual([]);
    expect((await two.call("GET", `/executions?experiment=${id}`)).body.executions).toEqual([]);

    const own = await newPrompt(two, "echo", "[{{text}}]");
    const ownDataset = await newDataset(two, itemsOf("a"));
    const ownEvaluator = await newEvaluator(two, { type: "equals" });
    const given = { datasetId: ownDataset, evaluatorIds: [ownEvaluator], candidates: [{ promptId: own }] };
    const create = (more: object): Promise<Answer<{ faults: { path: string }[] }>> =>
      two.call("POST", "/experiments", { name: "theirs", ...given, ...more });
    expect((await create({ datasetId: dataset })).status).toBe(404);
    expect((await create({ evaluatorIds: [evaluator] })).body.faults).toMatchObject([{ path: "body/evaluatorIds/0" }]);
    expect((await create({ candidates })).body.faults).toMatchObject([{ path: "body/candidates/0/promptId" }]);
    const judge = { name: "theirs", definition: { type: "judge", promptId: prompt } };
    expect((await two.call("POST", "/evaluators", judge)).status).toBe(400);
    expect((await create({})).status).toBe(201);
  });
});

describe("the creation of an experiment", () => {
  test("is refused for what could never run", async () => {
    const given = {
      ...{ name: "refused", datasetId: await newDataset(one, itemsOf("a")) },
      ...{ evaluatorIds: [await newEvaluator(one, { type: "equals" })], candidates: [{ promptId: prompt }] },
    };
    const faultsOf = async (more: object): Promise<object> =>
      (await one.call("POST", "/experiments", { ...given, ...more })).body.faults;
    expect(await faultsOf({ datasetId: await newDataset(one, []) })).toMatchObject([{ path: "body/datasetId" }]);
    expect(await faultsOf({ candidates: [{ promptId: prompt, version: 9 }] })).toMatchObject([
      { path: "body/candidates/0/promptId" },
    ]);
    expect(await faultsOf({ candidates: [{ promptId: prompt, model: "gone" }] })).toEqual([
      {
        path: "body/candidates/0/model",
        message: "is 'gone', which no endpoint serves; GET /models lists those that are",
      },
    ]);
    expect(await faultsOf({ candidates: [{ promptId: prompt, version: 1, label: "x" }] })).toMatchObject([
      { path: "body/candidates/0/label" },
    ]);
  });
});
