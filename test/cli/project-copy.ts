import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { root } from "../environments.ts";

interface ProjectCopy {
  readonly folder: () => string;
  /** Runs a program of the copy. */
  readonly run: (command: string, args: readonly string[]) => Promise<{ code: number; text: string }>;
  readonly promptops: (...args: string[]) => Promise<{ code: number; text: string }>;
}

/** A copy of the project, in which a stranger adds a service. Call it at the top of a test file. */
export function copyProject(): ProjectCopy {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "promptops-new-"));
    const left = ["node_modules", "dist", ".git", ".promptops"].map((name) => join(root, name));
    cpSync(root, folder, { recursive: true, filter: (path) => !left.includes(path) });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const run: ProjectCopy["run"] = (command, args) =>
    new Promise((resolve) => {
      execFile(process.execPath, [command, ...args], { cwd: folder, encoding: "utf8" }, (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, text: `${out}${err}` });
      });
    });
  return { folder: () => folder, run, promptops: (...args) => run("cli/promptops.js", args) };
}
