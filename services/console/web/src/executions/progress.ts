import type { ExecutionEvent } from "../api/openapi.d.ts";

/** An attempt of an execution, as its events tell. */
export interface Attempt {
  readonly number: number;
  readonly model: string;
  readonly startedAt: string;
  /** Why another attempt followed. */
  readonly retried?: string;
}

/** What the events of an execution add up to. */
export interface Progress {
  /** The number of the last event. */
  readonly seq: number;
  /** The output of the last attempt. */
  readonly text: string;
  readonly attempts: readonly Attempt[];
  readonly hasEnded: boolean;
  /** How often a node of a workflow has changed. */
  readonly nodeChanges: number;
}

export const noProgress: Progress = { seq: 0, text: "", attempts: [], hasEnded: false, nodeChanges: 0 };

const LAST: readonly string[] = ["job_complete", "job_failed", "job_cancelled"] satisfies ExecutionEvent["type"][];

const textIn = (data: ExecutionEvent["data"], name: string): string => {
  const value = data[name];
  return typeof value === "string" ? value : "";
};

/** The progress after events, each of which counts once: a stream that was resumed may repeat some. */
export const advance = (progress: Progress, events: readonly ExecutionEvent[]): Progress =>
  events.reduce((before, event) => (event.seq > before.seq ? apply(before, event) : before), progress);

function apply(progress: Progress, { seq, type, attempt, data, at }: ExecutionEvent): Progress {
  const next = { ...progress, seq, hasEnded: LAST.includes(type) };
  if (type === "token_chunk") return { ...next, text: progress.text + textIn(data, "text") };
  if (type.startsWith("node_")) return { ...next, nodeChanges: progress.nodeChanges + 1 };
  if (type === "job_retrying") {
    const attempts = progress.attempts.map((each) =>
      each.number === attempt ? { ...each, retried: textIn(data, "reason") } : each,
    );
    return { ...next, attempts };
  }
  if (type !== "job_started") return next;
  // A new attempt starts the output again.
  return {
    ...next,
    text: "",
    attempts: [...progress.attempts, { number: attempt, model: textIn(data, "model"), startedAt: at }],
  };
}
