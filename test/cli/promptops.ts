import { execFile } from "node:child_process";
import { join } from "node:path";
import { vi } from "vitest";
import { main } from "../../cli/main.ts";
import { root } from "../environments.ts";

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Calls the command in this process: the same code as a user's call, without the seconds that its imports take. */
export async function promptops(args: readonly string[], folder: string): Promise<Result> {
  const out: string[] = [];
  const err: string[] = [];
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => err.push(String(text)) > 0),
  ];
  try {
    const code = await main(args, folder);
    return { code, out: out.join(""), err: err.join("") };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs the command as a user does: its own process, no account, no home, no color. */
export function promptopsProcess(
  args: readonly string[],
  cwd: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Result> {
  return new Promise((resolve) => {
    const env = { PATH: process.env["PATH"], HOME: "/nonexistent", ...variables };
    execFile(process.execPath, [join(root, "cli", "promptops.js"), ...args], { cwd, env }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}
