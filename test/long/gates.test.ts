import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type Stack, type Tenant, tenantWith } from "../services/stack.ts";
import { newPrompt, startEvaluationStack } from "../services/evaluation-stack.ts";
import { endOf, itemsOf, newDataset, newEvaluator, newExperiment } from "../services/evaluation-calls.ts";

let stack: Stack;
let one: Tenant;
let two: Tenant;
let datasetId: string;
let evaluatorId: string;
beforeAll(async () => {
  stack = await startEvaluationStack();
  await stack.platform.startEvaluator("evaluator");
  [one, two] = [await stack.tenant("one"), await stack.tenant("two")];
  evaluatorId = await newEvaluator(one, { type: "equals" });
});
afterAll(() => stack.stop());

let made = 0;
/** A prompt that is right with version 1, wrong with version 2, and right for one item of two with version 3; with a gate of `production`. */
async function gated(gate: object): Promise<string> {
  datasetId = await newDataset(one, itemsOf("a", "b"));
  const prompt = await newPrompt(one, `gated-${(made += 1)}`, "[{{text}}]", "[wrong]", "[a]");
  const { status, body } = await one.call("PUT", `/prompts/${prompt}/labels/production/gate`, {
    ...{ datasetId, evaluatorId, ...gate },
  });
  expect({ status, body }).toMatchObject({ status: 200, body: { label: "production", datasetId, evaluatorId } });
  return prompt;
}

const set = (
  prompt: string,
  version: number,
  more: object = {},
  by = one,
): Promise<Answer<{ detail: string; code: string }>> =>
  by.call("PUT", `/prompts/${prompt}/labels/production`, { version, ...more });

const evaluate = async (prompt: string, version: number, more: object = {}): Promise<unknown> =>
  endOf(
    one,
    await newExperiment(one, {
      ...{ datasetId, evaluatorIds: [evaluatorId], candidates: [{ promptId: prompt, version, ...more }] },
    }),
  );

describe("a gate", () => {
  test("opens for a version whose experiment reaches the mean, and says what is missing", async () => {
    const prompt = await gated({ minMean: 0.6 });
    const { status, body } = await set(prompt, 1);
    expect([status, body.code]).toEqual([409, "gate_not_passed"]);
    expect(body.detail).toMatch(
      /^'production' needs at least a mean score of 0.6 by 'evaluated-\d+' on 'evaluated-\d+'\./,
    );
    expect(body.detail).toContain("No experiment there has succeeded with this version and its own model.");
    const [, experiment = ""] =
      /Run POST \/experiments with (\{.*\}), or name another version\.$/.exec(body.detail) ?? [];
    expect(JSON.parse(experiment)).toEqual({
      name: expect.stringMatching(/^production-v1-\d{14}$/) as string,
      datasetId,
      evaluatorIds: [evaluatorId],
      candidates: [{ promptId: prompt, version: 1 }],
    });
    await evaluate(prompt, 1);
    await evaluate(prompt, 3);
    expect((await set(prompt, 1)).status).toBe(200);
    const below = await set(prompt, 3);
    expect(below.status).toBe(409);
    expect(below.body.detail).toContain("it reached a mean of 0.5 and a pass rate of 0.5.");
    const { body: listed } = await one.call("GET", `/prompts/${prompt}/labels`);
    expect(listed.labels).toMatchObject([{ label: "production", version: 1 }]);
  });

  test("opens for a pass rate, and only to its label", async () => {
    const prompt = await gated({ minPassRate: 0.5 });
    await evaluate(prompt, 3);
    expect((await set(prompt, 3)).status).toBe(200);
    expect((await set(prompt, 2)).status).toBe(409);
    expect((await one.call("PUT", `/prompts/${prompt}/labels/staging`, { version: 2 })).status).toBe(200);
    expect((await one.call("GET", `/prompts/${prompt}/gates`)).body.gates).toEqual([
      { label: "production", datasetId, evaluatorId, minMean: null, minPassRate: 0.5 },
    ]);
    expect((await one.call("DELETE", `/prompts/${prompt}/labels/production/gate`)).status).toBe(204);
    expect((await set(prompt, 2)).status).toBe(200);
  });

  test("counts an item without a score as 0", async () => {
    const prompt = await gated({ minMean: 0.9 });
    await one.call("POST", `/datasets/${datasetId}/items`, { items: [{ variables: {} }] });
    await evaluate(prompt, 1);
    expect((await set(prompt, 1)).body.detail).toContain("it reached a mean of 0.6666 and a pass rate of 0.6666.");
  });

  test("stays closed after an experiment with another model, and after items were added", async () => {
    const prompt = await gated({ minMean: 0.5 });
    await evaluate(prompt, 1, { model: "unpriced" });
    expect((await set(prompt, 1)).body.detail).toContain("No experiment there has succeeded");
    await evaluate(prompt, 1);
    await one.call("POST", `/datasets/${datasetId}/items`, { items: itemsOf("c") });
    expect((await set(prompt, 1)).body.detail).toContain("did not run 1 items that the dataset has now.");
    await evaluate(prompt, 1);
    expect((await set(prompt, 1)).status).toBe(200);
  });

  test("is not set on what does not exist or is another organization's", async () => {
    const prompt = await gated({ minMean: 0.5 });
    const path = `/prompts/${prompt}/labels/production/gate`;
    const nothing = "00000000-0000-4000-8000-000000000000";
    const given = { datasetId, evaluatorId, minMean: 0.5 };
    expect((await one.call("PUT", path, { ...given, datasetId: nothing })).body.faults).toMatchObject([
      { path: "body/datasetId" },
    ]);
    expect((await one.call("PUT", path, { datasetId, evaluatorId })).status).toBe(400);
    expect((await two.call("PUT", path, given)).status).toBe(404);
    expect((await two.call("DELETE", path)).status).toBe(404);
    expect((await two.call("GET", `/prompts/${prompt}/gates`)).status).toBe(404);
    expect((await two.call("GET", `/prompts/${prompt}/overrides`)).status).toBe(404);
    const own = await newPrompt(two, "own", "[{{text}}]");
    const { body } = await two.call("PUT", `/prompts/${own}/labels/production/gate`, given);
    expect(body.faults).toMatchObject([{ path: "body/datasetId" }, { path: "body/evaluatorId" }]);
  });
});

describe("an override", () => {
  test("sets a label in spite of its gate, with a reason that is listed and an event that names it", async () => {
    const prompt = await gated({ minMean: 0.5 });
    const reason = "The evaluator knows the old address.";
    expect((await set(prompt, 2, { override: { reason } })).status).toBe(200);
    const { overrides } = (await one.call("GET", `/prompts/${prompt}/overrides`)).body;
    expect(overrides).toMatchObject([{ label: "production", version: 2, reason }]);
    const { events } = (await one.call("GET", `/audit?object=${prompt}&action=prompt.override_gate`)).body;
    expect(events).toMatchObject([{ details: { version: 2, override: overrides[0].id } }]);
    expect(JSON.stringify(events)).not.toContain("address");
    expect(events[0].actor.id).toBe(overrides[0].overriddenBy);
  });

  test("is recorded only where the gate would have refused", async () => {
    const prompt = await gated({ minMean: 0.5 });
    await evaluate(prompt, 1);
    await set(prompt, 1, { override: { reason: "There is no need." } });
    expect((await one.call("GET", `/prompts/${prompt}/overrides`)).body.overrides).toEqual([]);
  });

  test("needs the scope 'gates:write' and a reason", async () => {
    const prompt = await gated({ minMean: 0.5 });
    const key = { name: "member", scopes: ["prompts:read", "prompts:write"] };
    const member = tenantWith(stack.url, (await one.call("POST", "/api-keys", key)).body.key as string);
    expect((await set(prompt, 2, { override: { reason: "Please." } }, member)).status).toBe(403);
    expect((await set(prompt, 2, { override: { reason: "" } })).status).toBe(400);
    expect((await member.call("PUT", `/prompts/${prompt}/labels/staging`, { version: 2 })).status).toBe(200);
  });
});
