import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyRule, ScoreError } from "../../services/shared/evaluations/apply-rule.ts";
import { definition, type Rule } from "../../services/shared/evaluations/evaluator.ts";
import { startStack, type Stack, type Tenant } from "../services/stack.ts";

let stack: Stack;
let one: Tenant;
let two: Tenant;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  [one, two] = [await stack.tenant("one"), await stack.tenant("two")];
});
afterAll(() => stack.stop());

let made = 0;
async function newDataset(): Promise<string> {
  const { status, body } = await one.call("POST", "/datasets", { name: `dataset-${(made += 1)}` });
  expect(status).toBe(201);
  return body.id as string;
}

const add = (dataset: string, items: readonly object[], by = one) =>
  by.call("POST", `/datasets/${dataset}/items`, { items });
const addLines = (dataset: string, lines: string) =>
  one.call("POST", `/datasets/${dataset}/items`, lines, { "content-type": "application/x-ndjson" });
const items = async (dataset: string, query = ""): Promise<{ item: number; expected: string | null }[]> =>
  (await one.call("GET", `/datasets/${dataset}/items${query}`)).body.items;
const count = async (dataset: string): Promise<number> =>
  (await one.call("GET", `/datasets/${dataset}`)).body.items as number;

describe("a dataset", () => {
  test("takes items as JSON and as lines of JSON, and numbers them in their order", async () => {
    const dataset = await newDataset();
    const first = await add(dataset, [{ variables: { text: "a" }, expected: "A", tags: ["x"] }, { variables: {} }]);
    expect(first).toMatchObject({ status: 201, body: { firstItem: 1, items: 2 } });
    const lines = '{"variables":{"text":"c"},"expected":"C"}\n\n{"variables":{"text":"d"}}\n';
    expect(await addLines(dataset, lines)).toMatchObject({ status: 201, body: { firstItem: 3, items: 2 } });
    expect((await items(dataset)).map(({ item, expected }) => [item, expected])).toEqual([
      ...[[1, "A"], [2, null], [3, "C"], [4, null]], // prettier-ignore
    ]);
    expect((await items(dataset, "?limit=2&after=1")).map(({ item }) => item)).toEqual([2, 3]);
  });

  test("loses an item without giving its number to another one", async () => {
    const dataset = await newDataset();
    await add(dataset, [{ variables: {} }, { variables: {} }]);
    expect((await one.call("DELETE", `/datasets/${dataset}/items/2`)).status).toBe(204);
    expect((await one.call("DELETE", `/datasets/${dataset}/items/2`)).status).toBe(404);
    expect((await add(dataset, [{ variables: {} }])).body.firstItem).toBe(3);
    expect((await items(dataset)).map(({ item }) => item)).toEqual([1, 3]);
    expect(await count(dataset)).toBe(2);
  });

  test("takes all items of a request or none, and names those that are wrong", async () => {
    const dataset = await newDataset();
    const wrong = await add(dataset, [{ variables: {} }, { variables: { text: 1 } }]);
    expect([wrong.status, wrong.body.faults[0].path]).toEqual([400, "body/items/1/variables/text"]);
    const broken = await addLines(dataset, '{"variables":{}}\n{"variables"\n');
    expect([broken.status, broken.body.faults]).toEqual([
      400,
      [{ path: "body/items/1", message: "is no line of JSON" }],
    ]);
    const large = await add(dataset, [{ variables: { text: "x".repeat(65_536) } }]);
    expect(large.body.faults[0].message).toContain("65536 are allowed. Shorten it.");
    expect(await count(dataset)).toBe(0);
  });

  test("takes 500 items in a request, and holds 2,000", async () => {
    const dataset = await newDataset();
    const many = (number: number): object[] => Array.from({ length: number }, () => ({ variables: {} }));
    expect((await add(dataset, many(501))).status).toBe(400);
    for (let request = 0; request < 4; request++) expect((await add(dataset, many(500))).status).toBe(201);
    const full = await add(dataset, many(1));
    expect([full.status, full.body.code]).toEqual([409, "limit_reached"]);
    expect(await count(dataset)).toBe(2_000);
  });

  test("is refused under a name that is taken, and is not another organization's", async () => {
    const dataset = await newDataset();
    const { name } = (await one.call("GET", `/datasets/${dataset}`)).body;
    expect((await one.call("POST", "/datasets", { name })).body.code).toBe("name_taken");
    expect((await two.call("POST", "/datasets", { name })).status).toBe(201);
    expect((await two.call("GET", `/datasets/${dataset}`)).status).toBe(404);
    expect((await two.call("GET", `/datasets/${dataset}/items`)).status).toBe(404);
    expect((await add(dataset, [{ variables: {} }], two)).status).toBe(404);
    expect((await two.call("DELETE", `/datasets/${dataset}/items/1`)).status).toBe(404);
  });

  test("is the only resource that takes lines of JSON", async () => {
    const { status } = await one.call("POST", "/datasets", '{"name":"lines"}', {
      "content-type": "application/x-ndjson",
    });
    expect(status).toBe(415);
  });
});

describe("an evaluator", () => {
  const create = (definition: object, by = one) =>
    by.call("POST", "/evaluators", { name: `evaluator-${(made += 1)}`, definition });
  const faultsOf = async (definition: object): Promise<object[]> => (await create(definition)).body.faults;

  test("is stored with its defaults, and read and listed as it is", async () => {
    const { status, body } = await create({ type: "contains", value: "Paris" });
    expect([status, body.definition]).toEqual([
      201,
      { type: "contains", value: "Paris", ignoreCase: false, threshold: 0.5 },
    ]);
    expect((await one.call("GET", `/evaluators/${body.id}`)).body).toEqual(body);
    expect((await one.call("GET", "/evaluators")).body.evaluators).toContainEqual(body);
    expect((await two.call("GET", `/evaluators/${body.id}`)).status).toBe(404);
  });

  test.each([
    [{ type: "matches", pattern: "(" }, "pattern", "is invalid"],
    [{ type: "matches", pattern: "(a)\\1" }, "pattern", "is invalid"],
    [{ type: "json_schema", schema: { type: "nothing" } }, "schema", "is invalid"],
    [{ type: "length", minCharacters: 2, maxCharacters: 1 }, "maxCharacters", "must not be less than 'minCharacters'"],
    [{ type: "expression", expression: "output ==" }, "expression", "is invalid"],
    [{ type: "expression", expression: "secret == 1" }, "expression", "'secret' is no variable"],
    [{ type: "expression", expression: "nodes.a.output == ''" }, "expression", "'nodes' is no variable"],
  ])("is refused as %o", async (given, path, message) => {
    expect(await faultsOf(given)).toEqual([
      { path: `body/definition/${path}`, message: expect.stringContaining(message) },
    ]);
  });

  test("that judges keeps the version of its prompt, which has to declare 'output'", async () => {
    const prompt = async (name: string, variables: object): Promise<string> =>
      one.prompt(name, { messages: [{ role: "user", content: "Judge." }], variables });
    const good = await prompt("judge", { output: {}, expected: {}, style: { default: "plain" } });
    await one.call("PUT", `/prompts/${good}/labels/judging`, { version: 1 });
    const { body } = await create({ type: "judge", promptId: good, label: "judging", scale: { min: 1, max: 5 } });
    expect(body.definition).toEqual({
      ...{ type: "judge", promptId: good, version: 1, scale: { min: 1, max: 5 }, threshold: 0.5 },
    });
    const faultOf = async (more: object): Promise<object[]> => faultsOf({ type: "judge", promptId: good, ...more });
    expect(await faultOf({ version: 1, label: "judging" })).toMatchObject([{ path: "body/definition/label" }]);
    expect(await faultOf({ version: 2 })).toMatchObject([{ path: "body/definition/promptId" }]);
    expect(await faultOf({ scale: { min: 1, max: 1 } })).toMatchObject([{ path: "body/definition/scale/max" }]);
    expect(await faultOf({ promptId: await prompt("no-output", {}) })).toMatchObject([
      { message: "names a prompt without the variable 'output'" },
    ]);
    expect(await faultOf({ promptId: await prompt("other", { output: {}, city: {} }) })).toMatchObject([
      { message: "names a prompt with other variables without a default than input, output, expected: city" },
    ]);
  });

  test("with a hostile expression, pattern or schema is interrupted, and gives no score", () => {
    const subject = { expected: null, variables: {}, latencyMs: 1, tokens: 1, microUsd: 1 };
    const nested = "[1,2,3,4,5,6,7,8,9].all(a, ".repeat(9);
    for (const [hostile, output] of [
      [{ type: "expression", expression: `${nested}a > 0${")".repeat(9)}` }, ""],
      [{ type: "json_schema", schema: { pattern: "^(a+)+$" } }, JSON.stringify(`${"a".repeat(40)}!`)],
      [{ type: "json_schema", schema: { $ref: "https://example.com/schema" } }, "{}"],
    ] as const)
      expect(() => applyRule(definition.parse(hostile) as Rule, { ...subject, output })).toThrow(ScoreError);
    const linear = definition.parse({ type: "matches", pattern: "^(a+)+$" }) as Rule;
    expect(applyRule(linear, { ...subject, output: `${"a".repeat(10_000)}!` })).toBe(0);
  });
});
