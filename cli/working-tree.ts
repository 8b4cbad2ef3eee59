import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { git } from "./git.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Checks a commit out into a temporary working tree, with the packages of the folder's own, for as long as `use` takes. Nothing of it
 * remains, even if the process is interrupted: then `use` is aborted, and the process exits as the signal would have it.
 */
export async function inWorkingTree<Result>(
  folder: string,
  commit: string,
  use: (tree: string, aborted: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const parent = mkdtempSync(join(tmpdir(), "promptops-tree-"));
  const tree = join(parent, "tree");
  const controller = new AbortController();
  const remove = (): void => {
    git(folder, "worktree", "remove", "--force", tree);
    rmSync(parent, { recursive: true, force: true });
  };
  const interrupt = (signal: (typeof SIGNALS)[number]): void => {
    controller.abort();
    remove();
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  try {
    git(folder, "worktree", "add", "--detach", tree, commit);
    symlinkSync(join(folder, "node_modules"), join(tree, "node_modules"));
    return await use(tree, controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    remove();
  }
}
