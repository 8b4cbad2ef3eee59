import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../environments.ts";

/** A bare copy of this repository, and a clone of it in which the commands of a page can be run. */
export interface Clone {
  readonly origin: string;
  readonly folder: string;
  /** Somebody who may commit. */
  readonly env: NodeJS.ProcessEnv;
  readonly remove: () => void;
}

export function cloneRepository(): Clone {
  const parent = mkdtempSync(join(tmpdir(), "promptops-clone-"));
  const [origin, folder] = [join(parent, "origin"), join(parent, "clone")];
  execFileSync("git", ["clone", "--quiet", "--bare", root, origin]);
  execFileSync("git", ["clone", "--quiet", origin, folder]);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const author = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.com" };
  const committer = { GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@example.com" };
  return {
    origin,
    folder,
    env: { ...process.env, ...author, ...committer },
    remove: () => {
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
