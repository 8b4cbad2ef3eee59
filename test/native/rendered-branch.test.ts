import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../environments.ts";
import { type Clone, cloneRepository } from "./clone.ts";

let clone: Clone;
beforeAll(() => {
  clone = cloneRepository();
});
afterAll(() => {
  clone.remove();
});

const run = (script: string): string =>
  execFileSync("bash", ["-euc", script], { cwd: clone.folder, encoding: "utf8", env: clone.env });

/** Needs git, and the repository itself. */
test("the commands of docs/delivery.md put objects, and nothing else, on the branch that Argo CD follows", () => {
  const page = readFileSync(join(root, "docs", "delivery.md"), "utf8");
  const [once = "", change = ""] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script]) => script);
  run(once);
  run(change);
  const pushed = run(`git -C ${clone.origin} ls-tree -r --name-only rendered/production`).trim().split("\n");
  expect(pushed.length).toBeGreaterThan(50);
  expect(pushed.filter((path) => !/^\d\d-[a-z]+\/[^/]+\.yaml$/.test(path))).toEqual([]);

  run("sed -i 's/version: v[0-9.]*$/version: v9.9.9/; s/version: sha-.*$/version: v9.9.9/' Pulumi.production.yaml");
  run(change);
  expect(run(`git -C ${clone.origin} show rendered/production`)).toContain("v9.9.9");
});
