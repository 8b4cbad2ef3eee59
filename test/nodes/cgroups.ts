import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isAlive } from "../../local/is-alive.ts";
import { hierarchies } from "./requirements.ts";

const PREFIX = "promptops-nodes-";
const PAUSE = 50;
const MAX_ATTEMPTS = 200;

/** The cgroup of a supervisor's nodes, as a path below each hierarchy. */
export const cgroupOf = (supervisor: number): string => `/${PREFIX}${supervisor}`;

/** Makes a node's cgroup in every hierarchy. */
export function makeCgroup(path: string): void {
  for (const hierarchy of hierarchies) {
    const steps = path.split("/").filter((step) => step !== "");
    steps.reduce((parent, step) => {
      const folder = join(parent, step);
      mkdirSync(folder, { recursive: true });
      // A cpuset starts empty, and takes no process then.
      if (basename(hierarchy) === "cpuset") inheritSet(parent, folder);
      return folder;
    }, hierarchy);
  }
}

function inheritSet(parent: string, folder: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"])
    writeFileSync(join(folder, file), readFileSync(join(parent, file)));
}

/** Removes the cgroups of a supervisor whose machine has ended. The kernel may still be about to empty them. */
export async function removeCgroups(supervisor: number): Promise<void> {
  for (const hierarchy of hierarchies) {
    const folder = join(hierarchy, cgroupOf(supervisor));
    for (let attempt = 0; existsSync(folder) && attempt < MAX_ATTEMPTS; attempt++) {
      removeTree(folder);
      await setTimeout(PAUSE);
    }
  }
}

/** Removes what supervisors left that were killed themselves. */
export async function removeAbandonedCgroups(): Promise<void> {
  const names = hierarchies.flatMap((hierarchy) => readdirSync(hierarchy));
  const supervisors = new Set(
    names.filter((name) => name.startsWith(PREFIX)).map((name) => Number(name.slice(PREFIX.length))),
  );
  for (const supervisor of supervisors) if (!isAlive(supervisor)) await removeCgroups(supervisor);
}

function removeTree(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(join(folder, entry.name));
    }
    rmdirSync(folder);
  } catch {
    // A process in it is about to end.
  }
}
