import { evaluate, ExpressionError, type Json } from "../workflows/expressions.ts";
import type { Rule } from "./evaluator.ts";
import { satisfies } from "./json-schema.ts";

/** What a rule looks at: an item, and the execution that ended for it. */
export interface Subject {
  readonly output: string;
  readonly expected: string | null;
  readonly variables: Readonly<Record<string, string>>;
  readonly latencyMs: number;
  readonly tokens: number;
  /** Null if the model has no price. */
  readonly microUsd: number | null;
}

/** Why an output has no score. It is counted as a failure, never as the score 0. */
export class ScoreError extends Error {
  constructor(
    readonly code: "no_expected" | "no_price" | "expression_failed",
    message: string,
  ) {
    super(message);
  }
}

/** The score that a rule gives, from 0 to 1. Throws a ScoreError when it gives none. */
export function applyRule(rule: Rule, subject: Subject): number {
  try {
    const result = resultOf(rule, subject);
    if (typeof result === "boolean") return Number(result);
    if (typeof result === "number" && result >= 0 && result <= 1) return result;
    throw new ExpressionError("The value is neither a boolean nor a number from 0 to 1.");
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ScoreError("expression_failed", error.message);
  }
}

type Check<Type extends Rule["type"]> = (rule: Extract<Rule, { readonly type: Type }>, subject: Subject) => Json;

const checks: { readonly [Type in Rule["type"]]: Check<Type> } = {
  equals: (rule, subject) => compared(rule, subject, (output, value) => output === value),
  contains: (rule, subject) => compared(rule, subject, (output, value) => output.includes(value)),
  // As in expressions: RE2 takes a time that is linear in the output.
  matches: ({ pattern }, { output }) => evaluate("output.matches(pattern)", { output, pattern }),
  json_schema: ({ schema }, { output }) => satisfies(schema, output),
  length: ({ minCharacters, maxCharacters = Number.POSITIVE_INFINITY }, { output }) =>
    output.length >= minCharacters && output.length <= maxCharacters,
  latency: ({ maxMilliseconds }, { latencyMs }) => latencyMs <= maxMilliseconds,
  cost: ({ maxMicroUsd }, { microUsd }) => {
    if (microUsd === null) throw new ScoreError("no_price", "The model has no price.");
    return microUsd <= maxMicroUsd;
  },
  tokens: ({ maxTokens }, { tokens }) => tokens <= maxTokens,
  expression: ({ expression }, { microUsd, ...subject }) =>
    evaluate(expression, { ...subject, costMicroUsd: microUsd }),
};

const resultOf = <Type extends Rule["type"]>(rule: Extract<Rule, { readonly type: Type }>, subject: Subject): Json =>
  (checks[rule.type] as Check<Type>)(rule, subject);

interface Comparison {
  readonly value?: string | undefined;
  readonly ignoreCase: boolean;
}

function compared(
  { value, ignoreCase }: Comparison,
  { output, expected }: Subject,
  compare: (output: string, value: string) => boolean,
): boolean {
  const other = value ?? expected;
  if (other === null) throw new ScoreError("no_expected", "Neither the evaluator nor the item says what is expected.");
  return ignoreCase ? compare(output.toLowerCase(), other.toLowerCase()) : compare(output, other);
}
