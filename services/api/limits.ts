import type { PoolClient } from "pg";
import { readUnfinished } from "../shared/executions/unfinished.ts";
import { type Budget, spentLimit } from "../shared/models/budget.ts";
import { ApiError } from "./errors.ts";

/** Seconds after which a tenant that has too much in hand may ask again. */
const FULL_RETRY_SECONDS = 5;
/** The largest Retry-After that a tenant gets. */
const MAX_RETRY_SECONDS = 3_600;

/** Throws when the tenant has used as much as a hard limit of its budget, or more. */
export function refuseOverBudget(budget: Budget): void {
  const spent = spentLimit(budget);
  if (spent !== undefined) throw new ApiError("budget_exceeded", spent, budget.secondsLeft);
}

/** Throws when the tenant has as many executions, or bytes of prompts, waiting or running as it may. */
export async function refuseTooMuch(client: PoolClient, size: number): Promise<void> {
  const { full, heavy, bytes, limit } = await readUnfinished(client, size);
  if (full) throw new ApiError("too_many_executions", undefined, FULL_RETRY_SECONDS);
  if (!heavy) return;
  throw new ApiError(
    "too_many_bytes",
    `Prompts of ${bytes} bytes wait or run, and this one has ${size}; ${limit} are allowed together.`,
    FULL_RETRY_SECONDS,
  );
}

export interface ExpectedStart {
  readonly model: string;
  /** The URL of the model's endpoint. */
  readonly endpoint: string;
  readonly timeoutSeconds: number;
}

/**
 * Throws when the execution is not expected to start before its deadline. While executions wait for the endpoint, it starts so many a
 * second; of these the tenant gets its weight's share, and those of its own that wait go first. While none wait, nothing is refused.
 */
export async function refuseTooLate(
  client: PoolClient,
  { model, endpoint, timeoutSeconds }: ExpectedStart,
): Promise<void> {
  const { rows } = await client.query<{ seconds: number }>({
    name: "expect-start",
    text: `SELECT (ahead + 1) * greatest(weights / weight, 1) * extract(epoch FROM now() - since)::float8 / (starts + 1) AS seconds
      FROM paces, tenants, LATERAL (
        SELECT count(*)::float8 AS ahead FROM executions
        WHERE state = 'queued' AND losses = 0 AND model = $2 AND tenant_id = current_tenant() AND due_at <= now()
      ) AS counted
      WHERE endpoint = $1 AND tenants.id = current_tenant()`,
    values: [endpoint, model],
  });
  const seconds = rows[0]?.seconds ?? 0;
  if (seconds <= timeoutSeconds) return;
  throw new ApiError(
    "deadline_unreachable",
    `It is expected to start in ${Math.ceil(seconds)} s, after its deadline in ${timeoutSeconds} s. Allow more time, or try again later.`,
    Math.min(seconds - timeoutSeconds, MAX_RETRY_SECONDS),
  );
}
