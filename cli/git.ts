import { execFileSync } from "node:child_process";

/** Runs git in a folder, and returns what it prints. */
export const git = (folder: string, ...args: readonly string[]): string => gitWith(folder, "", ...args);

/** The same, with text on standard input. */
export function gitWith(folder: string, input: string, ...args: readonly string[]): string {
  const maxBuffer = 2 ** 30;
  return execFileSync("git", args, {
    ...{ cwd: folder, encoding: "utf8", input, maxBuffer, stdio: ["pipe", "pipe", "pipe"] },
  } as const).trim();
}

/** The commit of a branch, tag or hash; undefined where there is none, or no repository. */
export function commitOf(folder: string, revision: string): string | undefined {
  try {
    return git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
  } catch {
    return undefined;
  }
}

export function isAncestor(folder: string, commit: string, of: string): boolean {
  try {
    git(folder, "merge-base", "--is-ancestor", commit, of);
    return true;
  } catch {
    return false;
  }
}
