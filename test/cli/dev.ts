import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { root } from "../environments.ts";
import { until } from "../services/stack.ts";

export interface Dev {
  readonly process: ChildProcess;
  readonly out: () => string;
  readonly ended: Promise<number | null>;
}

/** Gives a test file a folder in which `promptops dev` is started. Call it at the top of the file. */
export function devProject(): { readonly start: (how?: Start) => Dev } {
  let project = "";
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "promptops-dev-test-"));
  });
  afterAll(() => {
    rmSync(project, { recursive: true, force: true });
    // Where root's state is kept: see stateFolder.
    const name = createHash("sha256").update(project).digest("hex").slice(0, 12);
    if (process.getuid?.() === 0) rmSync(join("/var/lib/promptops", name), { recursive: true, force: true });
  });
  return { start: (how) => startIn(project, how) };
}

interface Start {
  /** The shell between the test and the command. @default - none */
  readonly below?: "sh";
}

function startIn(project: string, { below }: Start = {}): Dev {
  let out = "";
  const command = [process.execPath, join(root, "cli/promptops.js"), "dev"] as const;
  // The second command keeps the shell from becoming the first.
  const [program, ...args] = below === undefined ? command : [below, "-c", '"$@"; exit', below, ...command];
  const process_ = spawn(program, args, { cwd: project });
  for (const stream of [process_.stdout, process_.stderr])
    stream.on("data", (chunk: Buffer) => (out += chunk.toString()));
  return { process: process_, out: () => out, ended: new Promise((resolve) => process_.once("exit", resolve)) };
}

/** The processes of a program among the descendants of a process. */
export function childrenOf(pid: number, program: string): number[] {
  const listed = execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" }).trim().split("\n");
  const processes = listed
    .map((line) => line.trim().split(/\s+/))
    .map(([own, parent, name]) => ({ own: Number(own), parent: Number(parent), name }));
  const below = (parent: number): typeof processes =>
    processes.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.own)]);
  return below(pid)
    .filter(({ name }) => name === program)
    .map(({ own }) => own);
}

/** Seconds in which a loaded machine bundles all programs, and the console's pages, and starts them. */
const START_SECONDS = 300;

export const welcomed = (dev: Dev): Promise<string> =>
  until(
    "the word that it runs",
    () => {
      if (dev.process.exitCode !== null) throw new Error(dev.out());
      return Promise.resolve(/What follows is what the services log/.test(dev.out()) ? dev.out() : undefined);
    },
    START_SECONDS,
  );

/** Sends what a printed curl line sends. */
export async function copied(
  out: string,
  pattern: RegExp,
): Promise<{ state?: string; token?: string; executions?: { id: string; state: string }[] }> {
  const [line = ""] = pattern.exec(out) ?? [];
  const url = /https?:[^\s']+/.exec(line)?.[0] ?? "";
  const headers = [...line.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name = "", value = ""]): [string, string] => [
    name,
    value,
  ]);
  const body = /-d '([^']+)'/.exec(line)?.[1];
  const method = /-X (\w+)/.exec(line)?.[1] ?? "GET";
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
  return (await response.json()) as object;
}
export const EXECUTE = /^ *curl .*\/execute .*$/m;
export const LOG_IN = /^ *curl .*\/login .*$/m;
export const LIST = /^ *curl .*executions\?limit=1.*$/m;

/** The processes that said that they have started, by the name before each line. */
export function startedPids(out: string, name: string): number[] {
  const lines = out.matchAll(new RegExp(`^\\S+ ${name}\\S* +info +started .*pid=(\\d+)$`, "gm"));
  return [...lines].map(([, pid]) => Number(pid));
}
