import type { UsageDays } from "../api/openapi.d.ts";

export type UsageDay = UsageDays["days"][number];

export interface ModelSum {
  readonly model: string;
  readonly calls: number;
  readonly failed: number;
  readonly tokens: number;
  readonly microUsd: number;
}

const sum = (days: readonly UsageDay[], valueOf: (day: UsageDay) => number): number =>
  days.reduce((total, day) => total + valueOf(day), 0);

/** Sums over all days by model, the most tokens first. */
export const sumByModel = (days: readonly UsageDay[]): ModelSum[] =>
  [...Map.groupBy(days, ({ model }) => model)]
    .map(([model, of]) => ({
      ...{ model, calls: sum(of, ({ calls }) => calls), failed: sum(of, ({ failed }) => failed) },
      tokens: sum(of, (day) => day.promptTokens + day.completionTokens),
      microUsd: sum(of, ({ microUsd }) => microUsd),
    }))
    .toSorted((one, other) => other.tokens - one.tokens);

const DAY = 86_400_000;
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, "2026-11-29".length);

/** The sum of each of the last days (UTC), also of those without usage, oldest first. */
export function sumByDay(
  days: readonly UsageDay[],
  valueOf: (day: UsageDay) => number,
  { count, now }: { readonly count: number; readonly now: number },
): { readonly day: string; readonly value: number }[] {
  const byDay = Map.groupBy(days, ({ day }) => day);
  return Array.from({ length: count }, (_, index) => {
    const day = dayOf(now - (count - 1 - index) * DAY);
    return { day, value: sum(byDay.get(day) ?? [], valueOf) };
  });
}
