import { describe, expect, test } from "vitest";
import { applyRule, ScoreError, type Subject } from "../../services/shared/evaluations/apply-rule.ts";
import { definition, type Rule } from "../../services/shared/evaluations/evaluator.ts";

const subject: Subject = {
  ...{ output: '{"city":"Paris"}', expected: "Paris", variables: { country: "France" } },
  ...{ latencyMs: 1_200, tokens: 30, microUsd: 250 },
};
const score = (rule: object, more: Partial<Subject> = {}): number =>
  applyRule(definition.parse(rule) as Rule, { ...subject, ...more });
const errorOf = (rule: object, more: Partial<Subject> = {}): ScoreError => {
  try {
    score(rule, more);
  } catch (error) {
    if (error instanceof ScoreError) return error;
    throw error;
  }
  throw new Error("It gives a score.");
};

describe("a rule", () => {
  test.each([
    ["equals", {}, 0],
    ["equals", { value: '{"city":"Paris"}' }, 1],
    ["equals", { value: '{"CITY":"paris"}', ignoreCase: true }, 1],
    ["contains", {}, 1],
    ["contains", { value: "paris" }, 0],
    ["contains", { value: "paris", ignoreCase: true }, 1],
    ["matches", { pattern: '"[A-Z][a-z]+"' }, 1],
    ["matches", { pattern: "^[a-z]+$" }, 0],
    ["json_schema", { schema: { type: "object", required: ["city"] } }, 1],
    ["json_schema", { schema: { type: "object", required: ["country"] } }, 0],
    ["length", { maxCharacters: 16 }, 1],
    ["length", { maxCharacters: 15 }, 0],
    ["length", { minCharacters: 17 }, 0],
    ["latency", { maxMilliseconds: 1_200 }, 1],
    ["latency", { maxMilliseconds: 1_199 }, 0],
    ["cost", { maxMicroUsd: 250 }, 1],
    ["cost", { maxMicroUsd: 249 }, 0],
    ["tokens", { maxTokens: 30 }, 1],
    ["tokens", { maxTokens: 29 }, 0],
    ["expression", { expression: "json(output).city == expected" }, 1],
    ["expression", { expression: "variables.country == 'Spain'" }, 0],
    ["expression", { expression: "latencyMs < 1500.0 ? 0.75 : 0.25" }, 0.75],
  ])("of the type %s with %o gives %d", (type, more, expected) => {
    expect(score({ type, ...more })).toBe(expected);
  });

  test("gives no score, instead of 0, when something is missing", () => {
    expect(errorOf({ type: "equals" }, { expected: null }).code).toBe("no_expected");
    expect(errorOf({ type: "cost", maxMicroUsd: 1 }, { microUsd: null }).code).toBe("no_price");
  });

  test("gives no score when its expression has no value, or one that is no score", () => {
    for (const expression of ["json(output).town == 'Paris'", "2.0", "-0.1", "'yes'", "null"])
      expect(errorOf({ type: "expression", expression }).code, expression).toBe("expression_failed");
  });

  test("scores an output that is no JSON with 0 by a schema", () => {
    expect(score({ type: "json_schema", schema: {} }, { output: "Paris" })).toBe(0);
  });
});
