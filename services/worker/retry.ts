import { randomInt } from "node:crypto";

const FIRST_SECONDS = 1;
const MAX_SECONDS = 60;

/**
 * Seconds before the next attempt: doubled with each failure, with up to half of it taken off at random, so that many that failed
 * together do not come back together. What the endpoint asks for is waited at least.
 */
export function backOff(failures: number, askedSeconds: number, random: () => number): number {
  const seconds = Math.min(FIRST_SECONDS * 2 ** (failures - 1), MAX_SECONDS);
  return Math.max(askedSeconds, seconds * (1 - random() / 2));
}

/** Seconds that a Retry-After header asks for: their number, or a date (RFC 9110). Undefined without one that can be read. */
export function retryAfter(header: string | null, now: Date): number | undefined {
  const value = header?.trim() ?? "";
  if (/^\d+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now.getTime()) / 1000);
}

/** 0 to 1, both not. */
export const randomShare = (): number => randomInt(1, 1_000) / 1_000;
