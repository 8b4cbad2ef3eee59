import type { AttemptError, Exchange } from "./exchange.ts";

/** Seconds before each retry, as Standard Webhooks recommends: about three days in all. */
const RETRY_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;
/** Seconds that a receiver may ask for with Retry-After, at most. */
const MAX_ASKED_SECONDS = 86_400;
/** Seconds before what failed in the platform itself is tried again. */
const OWN_RETRY_SECONDS = 60;
/** The share of a pause by which it is made longer at most, so that many that failed together do not come back together. */
const JITTER = 0.2;
const GONE = 410;

/** Errors that are no receiver's fault. */
const OWN: ReadonlySet<AttemptError> = new Set<AttemptError>([
  ...(["proxy_internal_error", "connection_limit_reached", "dns_timeout", "not_signed"] as const),
]);

export type Result = "delivered" | "rejected" | "unreachable" | "failed";

/** What follows from an attempt. */
export interface Verdict {
  readonly result: Result;
  readonly state: "delivered" | "failed" | "pending";
  /** Before the next attempt. */
  readonly afterSeconds: number;
  /** The receiver wants nothing more. */
  readonly gone: boolean;
}

/** Judges an attempt after so many failed ones. */
export function judge(
  { status, error, retryAfterSeconds = 0 }: Exchange,
  failures: number,
  random: () => number,
): Verdict {
  if (error === null) return { result: "delivered", state: "delivered", afterSeconds: 0, gone: false };
  if (OWN.has(error)) return { result: "failed", state: "pending", afterSeconds: OWN_RETRY_SECONDS, gone: false };
  const result = status === null ? "unreachable" : "rejected";
  const seconds = RETRY_SECONDS[failures];
  if (status === GONE || seconds === undefined)
    return { result, state: "failed", afterSeconds: 0, gone: status === GONE };
  const asked = Math.min(retryAfterSeconds, MAX_ASKED_SECONDS);
  return { result, state: "pending", afterSeconds: Math.max(asked, seconds * (1 + JITTER * random())), gone: false };
}
