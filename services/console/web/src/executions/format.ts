import type { Execution } from "../api/openapi.d.ts";

const MICRO = 1_000_000;
const usd = new Intl.NumberFormat("en", { style: "currency", currency: "USD" });
/** For amounts that are less than a cent. */
const smallUsd = new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat("en");

/** Dollars and cents; less than a cent, to three significant digits. */
export const formatCost = (microUsd: number): string =>
  (microUsd > 0 && microUsd < MICRO / 100 ? smallUsd : usd).format(microUsd / MICRO);
export const formatCount = (count: number): string => whole.format(count);

/** Seconds, or minutes and seconds. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

/** How long a finished execution ran. */
export function durationOf({ startedAt, finishedAt }: Pick<Execution, "startedAt" | "finishedAt">): string | undefined {
  if (startedAt === null || finishedAt === null) return undefined;
  return formatDuration(Date.parse(finishedAt) - Date.parse(startedAt));
}
