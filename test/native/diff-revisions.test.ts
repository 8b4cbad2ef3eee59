import { execFileSync, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { root } from "../environments.ts";

/** Needs git, and the repository itself. */
const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
const trees = (): string => execFileSync("git", ["worktree", "list"], { cwd: root, encoding: "utf8" });
const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("promptops-tree-"));

test("a revision is planned with its own code, and leaves nothing behind", () => {
  const known = [trees(), folders()];
  const out = execFileSync(process.execPath, ["cli/promptops.js", "diff", head, head, "development"], {
    cwd: root,
    encoding: "utf8",
    stdio: "pipe",
  });
  expect(out).toBe("development: no difference\n\n");
  expect([trees(), folders()]).toEqual(known);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends it with %d, and leaves nothing behind", async (signal, status) => {
  const known = [trees(), folders()];
  const child = spawn(process.execPath, ["cli/promptops.js", "diff", head, head, "development"], { cwd: root });
  const began = new Promise<void>((resolve) => {
    child.stderr.on("data", (text: Buffer) => {
      if (text.toString().includes("planning")) resolve();
    });
  });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  await began;
  while (trees() === known[0]) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill(signal);
  expect(await ended).toBe(status);
  expect([trees(), folders()]).toEqual(known);
});
