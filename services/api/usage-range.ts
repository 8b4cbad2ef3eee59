import { z } from "zod";
import type { Range } from "./usage-reports.ts";

/** Days that are read at once. */
const MAX_DAYS = 366;
const DAY = 86_400_000;

/** Days that are read when none is named, with today. */
const DEFAULT_DAYS = 30;

/** The fields of a request that name days. */
export const usageRange = {
  from: z.iso
    .date()
    .optional()
    .describe(`The first day (UTC). By default, ${DEFAULT_DAYS - 1} days before the last.`),
  to: z.iso
    .date()
    .optional()
    .describe(`The last day (UTC), at most ${MAX_DAYS - 1} days after the first. By default, today.`),
};

/** The format of an export: see `exportFormats`. */
export const exportFormat = z.enum(["csv", "ndjson"]);

/** The days that a request names, or the default ones. */
export function rangeOf({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }): Range {
  const last = to ?? dayOf(Date.now());
  return { from: from ?? dayOf(Date.parse(last) - (DEFAULT_DAYS - 1) * DAY), to: last };
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, "2026-11-29".length);

/** Whether the days can be read, and what a request is told if not. */
export function isReadable(given: Parameters<typeof rangeOf>[0]): boolean {
  const { from, to } = rangeOf(given);
  return from >= FIRST_DAY && from <= to && Date.parse(to) - Date.parse(from) < MAX_DAYS * DAY;
}
export const RANGE_RULE = {
  path: ["to"],
  message: `must be 'from' or up to ${MAX_DAYS - 1} days later, and both in the year 1 or later. Read a longer time in parts.`,
};
/** Postgres knows no year 0. */
const FIRST_DAY = "0001-01-01";
