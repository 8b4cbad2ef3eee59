import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { planFileSchema } from "../../plan/plan-file.ts";
import { root } from "../environments.ts";
import { type Clone, cloneRepository } from "./clone.ts";

let clone: Clone;
beforeAll(() => {
  clone = cloneRepository();
});
afterAll(() => {
  clone.remove();
});

function run(script: string): { readonly status: number | null; readonly out: string } {
  const { folder: cwd, env } = clone;
  const { status, stdout } = spawnSync("bash", ["-euc", script], { cwd, encoding: "utf8", env });
  return { status, out: stdout };
}

const edit = (change: (source: string) => string): void => {
  const file = join(clone.folder, "Pulumi.production.yaml");
  writeFileSync(file, change(readFileSync(file, "utf8")));
};

/** Needs git, and the repository itself. */
test("the commands of docs/delivery.md keep the plan of what is deployed, and judge the next change by it", () => {
  const page = readFileSync(join(root, "docs", "delivery.md"), "utf8");
  const [, , keep = "", judge = ""] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script]) => script);

  const first = run(judge);
  expect(first.out).toMatch(/^production +no-destructive-change +not judged: /m);
  expect(first.status).toBe(0);

  expect(run(keep).status).toBe(0);
  expect(run("git status --porcelain --untracked-files=no").out).toBe("");
  const origin = (...args: string[]): string =>
    execFileSync("git", ["-C", clone.origin, ...args], { encoding: "utf8", maxBuffer: 2 ** 26 });
  expect(origin("ls-tree", "-r", "--name-only", "plans/production")).toBe("plan.json\n");
  expect(planFileSchema.parse(JSON.parse(origin("show", "plans/production:plan.json"))).environment).toBe("production");
  expect(run("npx promptops keep production").out).toBe("plans/production: unchanged\n");
  // What is planned may stand in files that nobody has added yet.
  run("cp Pulumi.development.yaml Pulumi.new.yaml && sed -i 's/domain: /domain: new./' Pulumi.new.yaml");
  expect(run("npx promptops keep new").out).toMatch(/, plan of [0-9a-f]{8} and changes that are not committed\n$/);
  run("rm Pulumi.new.yaml");
  const same = run(judge);
  expect(same.out).toMatch(/^production +no-destructive-change +holds$/m);
  expect(same.status).toBe(0);

  // Another machine type replaces the nodes of a pool; more storage is added in place.
  edit((source) => source.replace(/(application:\n +needs: \{ vcpu: )\d+(, memory: )\d+Gi/, "$18$232Gi"));
  edit((source) => source.replace(/storage: \d+Gi\n {4}standby/, "storage: 500Gi\n    standby"));
  // What that costs is not the point here.
  edit((source) => source.replace(/monthly: \d+/, "monthly: 100000"));
  const lossy = run(judge);
  expect(lossy.status).toBe(1);
  expect(lossy.out).toMatch(
    /^production +no-destructive-change +NodeGroup 'application-[^ ]+' is replaced: 'instanceTypes/m,
  );
  expect(lossy.out).toMatch(/^ +\d+\. +update +Instance 'database' +allocatedStorage \d+ -> 500/m);

  // A fresh clone has remote branches only: the next plan follows the last one.
  run("git branch -D plans/production");
  expect(run(keep).out).toMatch(
    /^plans\/production: [0-9a-f]{8}, plan of [0-9a-f]{8} and changes that are not committed\n/,
  );
  expect(origin("log", "--format=%s", "plans/production").trim().split("\n")).toHaveLength(2);
  expect(run(judge).status).toBe(0);
});
