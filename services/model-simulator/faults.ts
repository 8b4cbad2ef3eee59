import { z } from "zod";

/** What can go wrong at a model's endpoint, on demand: the next `times` completions have it. */
export const fault = z.strictObject({
  kind: z.enum([
    /** Answers with `status` instead of a completion. */
    "status",
    /** Waits `seconds` before the first token. */
    "slow_first_token",
    /** Breaks the connection off in the middle of the stream. */
    "cut_stream",
    /** Sends what is no event in the middle of the stream. */
    "garbage",
    /** Says in the middle of the stream that the model failed. */
    "failure",
  ]),
  times: z.int().min(1).max(1_000_000).default(1),
  status: z.int().min(400).max(599).default(500),
  seconds: z.number().min(0).max(3600).default(5),
  retryAfterSeconds: z.number().min(0).optional(),
});
export type Fault = z.output<typeof fault>;

/** Faults in the order in which they were asked for. */
export class Faults {
  #waiting: { fault: Fault; left: number }[] = [];

  add(asked: Fault): void {
    this.#waiting.push({ fault: asked, left: asked.times });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that the next completion has; none for most. */
  take(): Fault | undefined {
    const [first] = this.#waiting;
    if (!first) return undefined;
    first.left -= 1;
    if (first.left === 0) this.#waiting.shift();
    return first.fault;
  }
}
