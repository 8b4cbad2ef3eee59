/** An event of an execution. Events are numbered from 1 without gaps, so that a client resumes after the last `seq` it has seen. */
export interface ExecutionEvent {
  readonly seq: number;
  readonly type: EventType;
  /** The worker's attempt. A higher attempt discards the output of the one before. */
  readonly attempt: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export const eventTypes = [
  "job_started",
  "token_chunk",
  "job_retrying",
  "job_complete",
  "job_failed",
  "job_cancelled",
  "node_started",
  "node_waiting",
  "node_paused",
  "node_completed",
  "node_failed",
  "node_skipped",
] as const;
export type EventType = (typeof eventTypes)[number];

export const states = ["queued", "running", "waiting", "succeeded", "failed", "cancelled"] as const;
export type State = (typeof states)[number];

/** After one of these nothing more happens. */
export const isLast = (type: EventType): boolean =>
  type === "job_complete" || type === "job_failed" || type === "job_cancelled";
