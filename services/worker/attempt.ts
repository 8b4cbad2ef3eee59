import { randomInt } from "node:crypto";
import type { Lease } from "../shared/executions/lease.ts";
import type { Outcome } from "../shared/executions/write.ts";
import type { Endpoint } from "../shared/models/endpoints.ts";
import { callModel, ModelError } from "./call-model.ts";
import type { ChunkWriter } from "./chunk-writer.ts";
import { DeadlineExceeded, LeaseLost, OutputNotWritten, OutputRefused, Stopped } from "./interruptions.ts";
import { backOff } from "./retry.ts";

/** Seconds before an attempt whose output was not written begins again. */
const REWRITE_SECONDS = 1;

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
    return outcomeOf(signal.aborted ? signal.reason : error, lease);
  }
}

function outcomeOf(error: unknown, lease: Lease): Outcome | undefined {
  if (error instanceof LeaseLost) return undefined;
  if (error instanceof Stopped) return { state: "queued", reason: "worker_stopped", afterSeconds: 0, free: true };
  if (error instanceof OutputRefused) return outputRefused();
  if (error instanceof OutputNotWritten) {
    return { state: "queued", reason: "output_not_written", afterSeconds: REWRITE_SECONDS, free: true };
  }
  if (error instanceof DeadlineExceeded) {
    return failed("deadline_exceeded", "The execution did not end before its deadline.");
  }
  if (!(error instanceof ModelError)) throw error;
  const { code, message, retryable, retryAfterSeconds } = error;
  if (!retryable || lease.attempt >= lease.mostAttempts) return failed(code, message);
  return { state: "queued", reason: code, afterSeconds: backOff(lease.attempt, retryAfterSeconds ?? 0, randomShare) };
}
