import { randomInt } from "node:crypto";
import type { Lease } from "../shared/executions/lease.ts";
import type { Outcome } from "../shared/executions/write.ts";
import type { Endpoint } from "../shared/models/endpoints.ts";
import { callModel } from "./call-model.ts";
import type { ChunkWriter } from "./chunk-writer.ts";
import { DeadlineExceeded, LeaseLost, OutputNotWritten, OutputRefused, Stopped } from "./interruptions.ts";
import { ModelError } from "./model-error.ts";
import { backOff } from "./retry.ts";

/** Seconds before an attempt whose output was not written begins again. */
const REWRITE_SECONDS = 1;

/** The failures of which the pause is waited after a refusal that counts as none and names no time: 4 s, less up to half. */
const BUSY = 3;

/** 0 to 1, both not. */
const randomShare = (): number => randomInt(1, 1_000) / 1_000;

const failed = (code: string, message: string): Outcome => ({ state: "failed", error: { code, message } });

export const outputRefused = (): Outcome =>
  failed("output_refused", "The model's output holds what the database does not store.");

/**
 * Streams the model's answer into the rows. Returns how the attempt ends; undefined when its lease is gone, so that there is nothing
 * to write. All that the model said is written, or known not to be, before it returns.
 */
export async function runAttempt(
  lease: Lease,
  endpoint: Endpoint,
  { writer, signal }: { writer: ChunkWriter; signal: AbortSignal },
): Promise<Outcome | undefined> {
  const began = performance.now();
  try {
    const onText = (text: string): void => {
      writer.append(lease, text);
    };
    const answer = await callModel(endpoint, lease, { onText, signal });
    await writer.flush();
    // A piece may have been lost after the last one came.
    signal.throwIfAborted();
    return { state: "succeeded", ...answer };
  } catch (error) {
    await writer.flush();
    const secondsLeft = lease.secondsLeft - (performance.now() - began) / 1000;
    return outcomeOf(signal.aborted ? signal.reason : error, { ...lease, secondsLeft });
  }
}

function outcomeOf(error: unknown, lease: Pick<Lease, "failures" | "secondsLeft">): Outcome | undefined {
  if (error instanceof LeaseLost) return undefined;
  if (error instanceof Stopped) return { state: "queued", reason: "worker_stopped", afterSeconds: 0 };
  if (error instanceof OutputRefused) return outputRefused();
  if (error instanceof OutputNotWritten) {
    return { state: "queued", reason: "output_not_written", afterSeconds: REWRITE_SECONDS };
  }
  if (error instanceof DeadlineExceeded) {
    return failed("deadline_exceeded", "The execution did not end before its deadline.");
  }
  if (!(error instanceof ModelError)) throw error;
  return error.retryable ? retry(error, lease) : failed(error.code, error.message);
}

/** Another attempt, if it can begin before the deadline: time ends the attempts, not their number. */
function retry(
  { code, message, retryAfterSeconds, busy }: ModelError,
  { failures, secondsLeft }: Pick<Lease, "failures" | "secondsLeft">,
): Outcome {
  // An endpoint that asks for no pause gets the shortest: it would be asked without end.
  const afterSeconds = busy
    ? backOff(retryAfterSeconds === undefined ? BUSY : 1, retryAfterSeconds ?? 0, randomShare)
    : backOff(failures + 1, 0, randomShare);
  if (afterSeconds >= secondsLeft) return failed(code, `${message} There is no time for another attempt.`);
  return { state: "queued", reason: code, afterSeconds, failed: !busy };
}
