import { Cron } from "croner";
import { memoize } from "../../platform/memoize.ts";
import type { KubernetesObject } from "../../plan/model/kubernetes.ts";

/** Runs that are looked at: more than a year of months, more than a day of hours. */
const RUNS = 60;
/** Any day will do, as long as two plans of the same objects say the same. A leap year is ahead. */
const FROM = new Date("2027-01-01T00:00:00Z");
const HOUR = 3_600_000;

export interface Scheduled {
  readonly object: KubernetesObject;
  readonly cron: string;
  /** Between two runs, at most; undefined for a schedule that is invalid or that runs no second time. */
  readonly hours: number | undefined;
  readonly isSuspended: boolean;
}

/** Objects that have a schedule: the field is `schedule` in every kind that is in use, and five or six fields of cron. */
export function scheduleOf(object: KubernetesObject): Scheduled[] {
  const { schedule, suspend, paused } = (object.spec ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof schedule !== "string") return [];
  return [{ object, cron: schedule, hours: longestGap(schedule), isSuspended: suspend === true || paused === true }];
}

/** Hours between two runs, at most; undefined for a schedule that is invalid or that runs no second time. */
export const longestGap = memoize((cron): number | undefined => {
  try {
    const runs = new Cron(cron, { timezone: "Etc/UTC" }).nextRuns(RUNS, FROM).map(Number);
    const gaps = runs.slice(1).map((run, at) => run - (runs[at] ?? run));
    return gaps.length > 0 ? Math.max(...gaps) / HOUR : undefined;
  } catch {
    return undefined;
  }
});
