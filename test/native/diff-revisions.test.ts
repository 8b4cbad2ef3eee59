import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { root } from "../environments.ts";

/** Needs git, and the repository itself. */
test("a revision is planned with its own code, and leaves nothing behind", () => {
  const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  const trees = (): string => execFileSync("git", ["worktree", "list"], { cwd: root, encoding: "utf8" });

  const known = trees();
  const out = execFileSync(process.execPath, ["cli/promptops.js", "diff", head, head, "development"], {
    cwd: root,
    encoding: "utf8",
    stdio: "pipe",
  });
  expect(out).toBe("development: no difference\n\n");
  expect(trees()).toBe(known);
});
