import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../environments.ts";

let parent: string;
let clone: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), "promptops-branch-"));
  clone = join(parent, "clone");
  execFileSync("git", ["clone", "--quiet", "--bare", root, join(parent, "origin")]);
  execFileSync("git", ["clone", "--quiet", join(parent, "origin"), clone]);
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
});
afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
});

const author = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.com" };
const committer = { GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@example.com" };
const run = (script: string): string =>
  execFileSync("bash", ["-euc", script], {
    cwd: clone,
    encoding: "utf8",
    env: { ...process.env, ...author, ...committer },
  });

/** Needs git, and the repository itself. */
test("the commands of docs/delivery.md put objects, and nothing else, on the branch that Argo CD follows", () => {
  const page = readFileSync(join(root, "docs", "delivery.md"), "utf8");
  const [once = "", change = ""] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script]) => script);
  run(once);
  run(change);
  const pushed = run(`git -C ${join(parent, "origin")} ls-tree -r --name-only rendered/production`)
    .trim()
    .split("\n");
  expect(pushed.length).toBeGreaterThan(50);
  expect(pushed.filter((path) => !/^\d\d-[a-z]+\/[^/]+\.yaml$/.test(path))).toEqual([]);

  run("sed -i 's/version: v[0-9.]*$/version: v9.9.9/; s/version: sha-.*$/version: v9.9.9/' Pulumi.production.yaml");
  run(change);
  expect(run(`git -C ${join(parent, "origin")} show rendered/production`)).toContain("v9.9.9");
});
