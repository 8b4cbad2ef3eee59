import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

const PAUSE = 10;

/** The first child of a process, once it has one. Throws when the process ends before. */
export async function childOf(pid: number): Promise<number> {
  for (;;) {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
    if (child) return Number(child);
    await setTimeout(PAUSE);
  }
}
