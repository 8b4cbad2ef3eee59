import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../platform/faults.ts";
import { type PlanFile, planFileSchema } from "../plan/plan-file.ts";
import { commitOf, git } from "./git.ts";
import { inWorkingTree } from "./working-tree.ts";

const run = promisify(execFile);

/** A plan.json, a folder or a revision with one, or every environment of a revision. */
export async function plansOf(folder: string, name: string, named: readonly string[]): Promise<PlanFile[]> {
  const path = resolve(folder, name);
  if (existsSync(path)) return [readPlan(statSync(path).isDirectory() ? join(path, "plan.json") : path)];
  const kept = keptPlan(folder, name);
  return kept ? [kept] : await planRevision(folder, name, named);
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
async function planRevision(folder: string, revision: string, environments: readonly string[]): Promise<PlanFile[]> {
  const commit = commitOf(folder, revision);
  if (commit === undefined)
    throw new UserError(`'${revision}' is neither a plan nor a revision of this repository. Name one of them.`);
  process.stderr.write(`planning ${revision} (${commit.slice(0, 8)})\n`);
  const printed = await inWorkingTree(folder, commit, (tree, signal) => planIn(tree, environments, signal));
  return (JSON.parse(printed) as unknown[]).map((plan) =>
    parsePlan(`What ${revision} plans`, plan, "Name a later revision."),
  );
}

/** A plan is compared even when its proofs do not hold. */
async function planIn(cwd: string, environments: readonly string[], signal: AbortSignal): Promise<string> {
  const args = ["cli/promptops.js", "plan", "--json", ...environments];
  try {
    return (await run(process.execPath, args, { cwd, signal, maxBuffer: 2 ** 30 })).stdout;
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number | null; stdout: string; stderr: string };
    if (code === 1 && stdout.startsWith("[")) return stdout;
    throw new UserError(`That revision cannot be planned:\n${stderr}`);
  }
}
