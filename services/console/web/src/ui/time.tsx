import type { ReactNode } from "react";

const SECOND = 1000;
const units = [
  ["day", 86_400 * SECOND],
  ["hour", 3_600 * SECOND],
  ["minute", 60 * SECOND],
] as const;
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const exact = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });
const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

/** How long ago a time is, such as "5 minutes ago"; a date beyond a month. */
export function ago(at: string, now: number = Date.now()): string {
  const passed = now - Date.parse(at);
  if (passed > 30 * units[0][1]) return day.format(new Date(at));
  const [unit, size] = units.find(([, milliseconds]) => passed >= milliseconds) ?? ["second", SECOND];
  return relative.format(-Math.round(passed / size), unit);
}

export const Time = ({ at }: { readonly at: string }): ReactNode => (
  <time dateTime={at} title={exact.format(new Date(at))}>
    {ago(at)}
  </time>
);
