import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { UserError } from "../platform/faults.ts";
import { type PlanFile, planFileSchema } from "../plan/plan-file.ts";
import { commitOf, git } from "./git.ts";

/** A plan.json, a folder or a revision with one, or every environment of a revision. */
export function plansOf(folder: string, name: string, named: readonly string[]): PlanFile[] {
  const path = resolve(folder, name);
  if (existsSync(path)) return [readPlan(statSync(path).isDirectory() ? join(path, "plan.json") : path)];
  const kept = keptPlan(folder, name);
  return kept ? [kept] : planRevision(folder, name, named);
}

/** The plan that `promptops keep` put into a revision; undefined where the revision does not exist or holds none. */
export function keptPlan(folder: string, revision: string): PlanFile | undefined {
  const commit = commitOf(folder, revision);
  if (commit === undefined || git(folder, "ls-tree", "--name-only", commit, "plan.json") === "") return undefined;
  return parsePlan(
    `plan.json of ${revision}`,
    JSON.parse(git(folder, "show", `${commit}:plan.json`)),
    "Keep it again.",
  );
}

function readPlan(path: string): PlanFile {
  if (!existsSync(path)) throw new UserError(`${path} does not exist. Run 'promptops plan'.`);
  return parsePlan(path, JSON.parse(readFileSync(path, "utf8")), "Run 'promptops plan' again.");
}

function parsePlan(from: string, plan: unknown, fix: string): PlanFile {
  const { error, data } = planFileSchema.safeParse(plan);
  if (!data) throw new UserError(`${from} is not a plan of this version (${error.issues[0]?.message ?? ""}). ${fix}`);
  return data;
}

/** Plans a revision with its own code, in a temporary working tree. */
function planRevision(folder: string, revision: string, environments: readonly string[]): PlanFile[] {
  const commit = commitOf(folder, revision);
  if (commit === undefined)
    throw new UserError(`'${revision}' is neither a plan nor a revision of this repository. Name one of them.`);
  const parent = mkdtempSync(join(tmpdir(), "promptops-diff-"));
  const tree = join(parent, "tree");
  process.stderr.write(`planning ${revision} (${commit.slice(0, 8)})\n`);
  try {
    git(folder, "worktree", "add", "--detach", tree, commit);
    symlinkSync(join(folder, "node_modules"), join(tree, "node_modules"));
    const args = ["cli/promptops.js", "plan", "--json", ...environments];
    return (JSON.parse(planIn(tree, args)) as unknown[]).map((plan) =>
      parsePlan(`What ${revision} plans`, plan, "Name a later revision."),
    );
  } finally {
    git(folder, "worktree", "remove", "--force", tree);
    rmSync(parent, { recursive: true, force: true });
  }
}

/** A plan is compared even when its proofs do not hold. */
function planIn(cwd: string, args: readonly string[]): string {
  const maxBuffer = 2 ** 30;
  try {
    return execFileSync(process.execPath, args, {
      cwd,
      encoding: "utf8",
      maxBuffer,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number | null; stdout: string; stderr: string };
    if (status === 1 && stdout.startsWith("[")) return stdout;
    throw new UserError(`That revision cannot be planned:\n${stderr}`);
  }
}
