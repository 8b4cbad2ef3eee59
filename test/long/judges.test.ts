import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, type Tenant } from "../services/stack.ts";
import { startEvaluationStack, versionOf } from "../services/evaluation-stack.ts";
import { endOf, itemsOf, newDataset, newEvaluator, newExperiment, readItems } from "../services/evaluation-calls.ts";

let stack: Stack;
let one: Tenant;
let prompt: string;
beforeAll(async () => {
  stack = await startEvaluationStack();
  await stack.platform.startEvaluator("evaluator");
  one = await stack.tenant("one");
  prompt = await one.prompt("echo", versionOf("[{{text}}]"));
});
afterAll(() => stack.stop());

describe("a judge", () => {
  const judged = async (content: string, texts: readonly string[], more: object = {}) => {
    const variables = { output: {}, expected: { default: "" } };
    const promptId = await one.prompt(`judge-${(names += 1)}`, versionOf(content, variables));
    const evaluator = await newEvaluator(one, { type: "judge", promptId, scale: { min: 1, max: 5 }, ...more });
    const id = await newExperiment(one, {
      ...{ datasetId: await newDataset(one, itemsOf(...texts)), evaluatorIds: [evaluator] },
      candidates: [{ promptId: prompt, version: 1 }],
    });
    return endOf(one, id);
  };
  let names = 0;

  test("gives a score on its scale and a reason, by an execution of its own", async () => {
    const { id, summary, judges } = await judged('[{"score": {{output}}, "reason": "because"}]', ["1", "4", "5"]);
    expect(summary[0]?.scores[0]).toMatchObject({ scored: 3, failures: 0, mean: (0 + 0.75 + 1) / 3, passed: 2 });
    expect(judges.executions).toBe(3);
    expect(judges.microUsd).toBeGreaterThan(0);
    const [score] = (await readItems(one, id)).flatMap(({ results }) => results.flatMap(({ scores }) => scores));
    expect(score).toMatchObject({ score: 0, reason: "because", state: "scored" });
    const execution = (await one.call("GET", `/executions/${score?.executionId}`)).body;
    expect(execution).toMatchObject({ experimentId: id, output: '{"score": 1, "reason": "because"}' });
  });

  test("that answers nonsense is a failure, and lowers no mean", async () => {
    const { id, state, summary } = await judged("[{{output}}]", [
      '{"score":5}',
      "five",
      '{"score":"5"}',
      '{"score":6}',
      "5",
    ]);
    expect(state).toBe("succeeded");
    expect(summary[0]).toMatchObject({ failures: 0, scores: [{ scored: 1, failures: 4, mean: 1 }] });
    const errors = (await readItems(one, id)).map(({ results }) => results[0]?.scores[0]?.error);
    expect(errors).toEqual([
      null,
      { code: "judge_answer_invalid", message: "The judge's answer is no JSON object." },
      { code: "judge_answer_invalid", message: "The judge's answer has no number 'score'." },
      {
        code: "judge_answer_invalid",
        message: "The judge's answer has the score 6, which is not on its scale from 1 to 5.",
      },
      { code: "judge_answer_invalid", message: "The judge's answer is no JSON object." },
    ]);
  });

  test("may answer in a fenced block, and by another model than its prompt's", async () => {
    const { summary, judges } = await judged('[```json\n{"score": {{output}}}\n```]', ["5"], { model: "unpriced" });
    expect(summary[0]?.scores[0]).toMatchObject({ scored: 1, mean: 1 });
    expect(judges).toMatchObject({ executions: 1, microUsd: null });
  });
});
