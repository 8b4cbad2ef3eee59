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
