import { existsSync, readFileSync } from "node:fs";

/** Nanoseconds that the calling thread has run, before anything else (Linux, Documentation/scheduler/sched-stats.rst). */
const SCHEDSTAT = "/proc/thread-self/schedstat";
const hasSchedstat = existsSync(SCHEDSTAT);
/** Node.js 23.9 and later; the types are of 20. */
const current: typeof process & { threadCpuUsage?(): NodeJS.CpuUsage } = process;

/**
 * CPU time of the calling thread, in milliseconds. Other threads of the process compile code and collect garbage at the same time, and their
 * time does not count. It does before Node.js 23.9 on other systems than Linux, which report only the time of the process.
 */
export function threadCpuTime(): number {
  if (!current.threadCpuUsage && hasSchedstat) return Number(readFileSync(SCHEDSTAT, "utf8").split(" ")[0]) / 1_000_000;
  const { user, system } = current.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1_000;
}
