/** The milliseconds from an execution's start to its end, in SQL. Null while it has no end, and if it never started. */
export const LATENCY_MS = "round(extract(epoch FROM executions.finished_at - executions.started_at) * 1000)::int";

/** The tokens of an execution's prompt and completion, in SQL: 0 while it has none. */
export const TOKENS = `coalesce((executions.usage->>'promptTokens')::bigint, 0)
  + coalesce((executions.usage->>'completionTokens')::bigint, 0)`;
