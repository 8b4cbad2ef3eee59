import { readdirSync, readFileSync } from "node:fs";

/** On Linux; other systems have no /proc, and every figure is 0 there. */
const isLinux = process.platform === "linux";
const TICKS_PER_SECOND = 100;

/** MiB that a process holds in memory. */
export function megabytes(pid: number): number {
  if (!isLinux) return 0;
  const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  return (pages * 4096) / 2 ** 20;
}

/** Seconds that a process has computed, with its children that have ended. */
export function cpuSeconds(pid: number): number {
  if (!isLinux) return 0;
  const ticks = statOf(pid).slice(11, 15).map(Number);
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

/** Of a process, the one that started it. */
export const parentOf = (pid: number): number => (isLinux ? Number(statOf(pid)[1]) : 0);

/** Seconds that a process and its children have computed: Postgres has one for each connection. */
export function treeSeconds(pid: number): number {
  if (!isLinux) return 0;
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const children = all.filter((each) => {
    try {
      return parentOf(Number(each)) === pid;
    } catch {
      return false;
    }
  });
  return [pid, ...children.map(Number)].reduce((sum, each) => sum + cpuSeconds(each), 0);
}

/** The fields of /proc/<pid>/stat after the name, which may hold anything. */
const statOf = (pid: number): string[] =>
  (readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1) ?? "").split(" ");
