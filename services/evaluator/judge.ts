import type { Judge } from "../shared/evaluations/evaluator.ts";
import { storable } from "../shared/executions/write.ts";

/** Characters of a judge's reason that are kept. */
const MAX_REASON = 1_000;

/** A score that a judge gives, from 0 to 1, and why. */
export interface Judgement {
  readonly score: number;
  readonly reason: string | null;
}

/** A judge whose answer is no score. It is counted as a failure, never as the score 0. */
export class JudgeError extends Error {
  readonly code = "judge_answer_invalid";
}

/**
 * Reads a judge's answer: a JSON object with a number `score` on its scale, and optionally a text `reason`; alone, or in one fenced block of
 * Markdown. Throws a JudgeError, which quotes nothing of the answer.
 */
export function readJudgement({ scale: { min, max } }: Pick<Judge, "scale">, answer: string): Judgement {
  const { score, reason } = objectIn(answer);
  if (typeof score !== "number") throw new JudgeError("The judge's answer has no number 'score'.");
  if (score < min || score > max)
    throw new JudgeError(`The judge's answer has the score ${score}, which is not on its scale from ${min} to ${max}.`);
  return {
    score: (score - min) / (max - min),
    reason: typeof reason === "string" ? storable(reason).slice(0, MAX_REASON) : null,
  };
}

const FENCED = /^```(?:json)?\n([^]*)\n```$/;

function objectIn(answer: string): { readonly score?: unknown; readonly reason?: unknown } {
  const text = answer.trim();
  try {
    const value: unknown = JSON.parse(FENCED.exec(text)?.[1] ?? text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below, for both.
  }
  throw new JudgeError("The judge's answer is no JSON object.");
}
