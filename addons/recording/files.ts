import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { parse } from "yaml";
import { UserError } from "../../platform/faults.ts";
import { canonicalJson, digestOf } from "./record.ts";

/** Runs something with an empty folder that is removed afterwards. */
export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "promptops-addons-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program and returns what it prints. Its own message is the error. */
export function output(program: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (error) throw new UserError(`${program} cannot be run: ${error.message}`);
  if (status !== 0) throw new UserError(`${program} ${args.join(" ")} failed:\n${stderr.trim()}`);
  return stdout;
}

/** Every file below a folder, as sorted relative paths with '/'. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted();
}

/**
 * SHA-256 of files' names and contents. A packaged chart and the folder that it was made of have the same: packaging writes
 * Chart.yaml anew, so that one counts by its data.
 */
export function digestOfFiles(folder: string, files: readonly string[]): string {
  const parts = files.map((file) => {
    const content = readFileSync(join(folder, file));
    const text = /(^|\/)Chart\.yaml$/.test(file)
      ? canonicalJson(parse(content.toString()))
      : content.toString("base64");
    return `${file}\n${text}\n`;
  });
  return digestOf(parts.join(""));
}
