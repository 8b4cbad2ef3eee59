import type { Lease } from "../shared/executions/lease.ts";
import type { Outcome, Spent } from "../shared/executions/end-attempt.ts";
import { type OutputRules, outputViolation } from "../shared/prompts/guardrails.ts";
import { costOf } from "../shared/models/cost.ts";
import type { Endpoint } from "../shared/models/endpoints.ts";
import { isReported, type Usage } from "../shared/models/usage.ts";
import { randomShare } from "../shared/runtime/random-share.ts";
import type { CachedAnswer } from "./cached-answers.ts";
import { callModel } from "./call-model.ts";
import type { ChunkWriter } from "./chunk-writer.ts";
import {
  DeadlineExceeded,
  LeaseLost,
  OutputNotWritten,
  OutputRefused,
  OutputViolation,
  Stopped,
} from "./interruptions.ts";
import type { Verdict } from "./circuit.ts";
import type { Answer } from "./model-answer.ts";
import { ModelError } from "./model-error.ts";
import { backOff } from "./retry.ts";

/** Seconds before an attempt whose output was not written begins again. */
const REWRITE_SECONDS = 1;

/** After a refusal that does not count as a failure and names no time, wait as after this many failures: 4 s, less up to half. */
const BUSY = 3;

const failed = (code: string, message: string): Outcome => ({ state: "failed", error: { code, message } });

export const outputRefused = (): Outcome =>
  failed("output_refused", "The model's output holds what the database does not store.");

export interface AttemptOptions {
  readonly writer: ChunkWriter;
  readonly signal: AbortSignal;
  /** An answer that needs no model. */
  readonly cached: (lease: Lease) => Promise<CachedAnswer | undefined>;
  /** The model that a failed execution goes on with; undefined when there is none but the one that its prompt names. */
  readonly next: (lease: Lease) => string | undefined;
}

export interface Attempt {
  /** How it ends; undefined when its lease is gone, so that there is nothing to write. */
  readonly outcome: Outcome | undefined;
  readonly spent: Spent;
  readonly verdict: Verdict;
}

/**
 * Streams the model's answer, or the one that is kept, into the rows. All that the model said is written, or known not to be, before it returns.
 */
export async function runAttempt(
  lease: Lease,
  endpoint: Endpoint,
  { writer, signal, cached, next }: AttemptOptions,
): Promise<Attempt> {
  const began = performance.now();
  let usage: Usage = {};
  const onUsage = (reported: Usage): void => {
    usage = reported;
  };
  const end = (outcome: Outcome | undefined, verdict: Verdict): Attempt => ({
    ...{ outcome, verdict, spent: spentOn(usage, endpoint, lease) },
  });
  try {
    const kept = await cached(lease);
    const ask = (onText: (text: string) => void): Promise<Answer> =>
      callModel(endpoint, lease, { onText, onUsage, signal });
    const answer = await streamAnswer(lease, kept ? repeat(kept) : ask, { writer, signal });
    return end({ state: "succeeded", ...answer }, kept ? "neither" : "answered");
  } catch (error) {
    await writer.flush();
    const secondsLeft = lease.secondsLeft - (performance.now() - began) / 1000;
    const reason: unknown = signal.aborted ? signal.reason : error;
    return end(outcomeOf(reason, { ...lease, secondsLeft }, next), verdictOf(reason));
  }
}

/** Whether the endpoint itself failed. One that refuses a request for what is in it works; a busy one says nothing. */
function verdictOf(error: unknown): Verdict {
  if (error instanceof OutputViolation) return "answered";
  if (!(error instanceof ModelError)) return "neither";
  if (error.endpointFailed) return "failed";
  return error.retryable ? "neither" : "answered";
}

function spentOn(usage: Usage, { models }: Endpoint, { model }: Pick<Lease, "model">): Spent {
  const price = models.find(({ name }) => name === model)?.price;
  if (!price || !isReported(usage)) return { usage };
  return { usage, cost: { microUsd: costOf(price, usage), asOf: price.asOf } };
}

/** Answers piece by piece. */
type Ask = (onText: (text: string) => void) => Promise<Answer>;

const repeat =
  (kept: CachedAnswer): Ask =>
  (onText) => {
    if (kept.output !== "") onText(kept.output);
    return Promise.resolve(kept);
  };

async function streamAnswer(
  lease: Lease,
  ask: Ask,
  { writer, signal }: Pick<AttemptOptions, "writer" | "signal">,
): Promise<Answer> {
  const write = (text: string): void => {
    writer.append(lease, text);
  };
  const answer = await (lease.outputRules ? checked(ask, lease.outputRules, write) : ask(write));
  await writer.flush();
  // A piece may have been lost after the last one came.
  signal.throwIfAborted();
  return answer;
}

/** An answer that is written once it is whole and breaks no rule. Throws an OutputViolation. */
async function checked(ask: Ask, rules: OutputRules, write: (text: string) => void): Promise<Answer> {
  const answer = await ask(() => undefined);
  const violation = await outputViolation(rules, answer.output);
  if (violation !== undefined) throw new OutputViolation(`The output ${violation}.`);
  if (answer.output !== "") write(answer.output);
  return answer;
}

function outcomeOf(error: unknown, lease: Lease, next: AttemptOptions["next"]): Outcome | undefined {
  if (error instanceof LeaseLost) return undefined;
  if (error instanceof Stopped) return { state: "queued", reason: "worker_stopped", afterSeconds: 0 };
  if (error instanceof OutputRefused) return outputRefused();
  if (error instanceof OutputViolation) return failed("output_violation", error.message);
  if (error instanceof OutputNotWritten) {
    return { state: "queued", reason: "output_not_written", afterSeconds: REWRITE_SECONDS };
  }
  if (error instanceof DeadlineExceeded) {
    return failed("deadline_exceeded", "The execution did not end before its deadline.");
  }
  if (!(error instanceof ModelError)) throw error;
  return error.retryable ? goOn(error, lease, next) : failed(error.code, error.message);
}

/** The next model's attempt at once, if there is a next model; else another of the model that the prompt names, after a pause. */
function goOn(error: ModelError, lease: Lease, next: AttemptOptions["next"]): Outcome {
  const model = next(lease);
  if (model !== undefined) return { state: "queued", reason: error.code, afterSeconds: 0, model };
  const outcome = retry(error, lease);
  const isRequested = lease.model === lease.requestedModel;
  return outcome.state === "queued" && !isRequested ? { ...outcome, model: lease.requestedModel } : outcome;
}

/** Another attempt, if it can begin before the deadline: time ends the attempts, not their number. */
function retry({ code, message, retryAfterSeconds, busy }: ModelError, { failures, secondsLeft }: Lease): Outcome {
  // An endpoint that asks for no pause gets the shortest: it would be asked without end.
  const afterSeconds = busy
    ? backOff(retryAfterSeconds === undefined ? BUSY : 1, retryAfterSeconds ?? 0, randomShare)
    : backOff(failures + 1, 0, randomShare);
  if (afterSeconds >= secondsLeft) return failed(code, `${message} There is no time for another attempt.`);
  return { state: "queued", reason: code, afterSeconds, failed: !busy };
}
