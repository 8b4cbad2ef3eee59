import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { groupBy } from "../platform/group-by.ts";
import { UserError } from "../platform/faults.ts";
import { diffPlans, withoutStack } from "../plan/diff.ts";
import type { Change, ThingChange } from "../plan/model/changes.ts";
import { type PlanFile, planFileSchema } from "../plan/plan-file.ts";
import { consequences } from "../report/consequences.ts";

export interface Comparison {
  readonly folder: string;
  /** Plans, or revisions of the repository. */
  readonly before: string;
  readonly after: string;
  /** What is planned of a revision; all environments when empty. */
  readonly environments: readonly string[];
}

/** `promptops diff`: what changes from one plan or revision to another. */
export function diff(
  { folder, before, after, environments }: Comparison,
  format: "text" | "markdown" | "json",
): Promise<0> {
  const [one, other] = [plansOf(folder, before, environments), plansOf(folder, after, environments)];
  const pairs = pairUp(one, other);
  const differences = pairs.map(({ title, a, b }) => ({
    title,
    consequences: consequences(withoutStack(a), withoutStack(b)),
    changes: diffPlans(a, b),
  }));
  if (format === "json") process.stdout.write(`${JSON.stringify(differences, null, 2)}\n`);
  else process.stdout.write(`${differences.map(format === "markdown" ? toMarkdown : toText).join("\n")}\n`);
  return Promise.resolve(0);
}

interface Pair {
  readonly title: string;
  readonly a: PlanFile;
  readonly b: PlanFile;
}

/** Two single plans are compared whatever their names, several by environment. A new one is compared with an empty plan. */
function pairUp(one: readonly PlanFile[], other: readonly PlanFile[]): Pair[] {
  const [a, b] = [one[0], other[0]];
  if (one.length === 1 && other.length === 1 && a && b) {
    const title = a.environment === b.environment ? a.environment : `${a.environment} and ${b.environment}`;
    return [{ title, a, b }];
  }
  const names = [...new Set([...one, ...other].map(({ environment }) => environment))].toSorted();
  return names.map((name) => {
    const find = (plans: readonly PlanFile[]): PlanFile =>
      plans.find(({ environment }) => environment === name) ?? nothing(name);
    return { title: name, a: find(one), b: find(other) };
  });
}

const nothing = (environment: string): PlanFile => ({
  ...{ version: 3, environment, cloud: "", kubernetesVersion: "" },
  ...{ connections: [], permissions: [], workloads: [], data: [] },
  ...{
    fallbacks: [],
    addons: [],
    findings: [],
    nodeGroups: [],
    retiringNodes: [],
    pools: [],
    resources: [],
    objects: [],
  },
});

/** A plan.json, a folder with one, or every environment of a revision. */
function plansOf(folder: string, name: string, named: readonly string[]): PlanFile[] {
  const path = resolve(folder, name);
  if (existsSync(path)) return [readPlan(statSync(path).isDirectory() ? join(path, "plan.json") : path)];
  return planRevision(folder, name, named);
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
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  let commit: string;
  try {
    commit = git("rev-parse", "--verify", "--quiet", `${revision}^{commit}`);
  } catch {
    throw new UserError(`'${revision}' is neither a plan nor a revision of this repository. Name one of them.`);
  }
  const parent = mkdtempSync(join(tmpdir(), "promptops-diff-"));
  const tree = join(parent, "tree");
  process.stderr.write(`planning ${revision} (${commit.slice(0, 8)})\n`);
  try {
    git("worktree", "add", "--detach", tree, commit);
    symlinkSync(join(folder, "node_modules"), join(tree, "node_modules"));
    const args = ["cli/promptops.js", "plan", "--json", ...environments];
    return (JSON.parse(planIn(tree, args)) as unknown[]).map((plan) =>
      parsePlan(`What ${revision} plans`, plan, "Name a later revision."),
    );
  } finally {
    git("worktree", "remove", "--force", tree);
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

const signs = { added: "+", removed: "-", changed: "~" } as const;

interface Difference {
  readonly title: string;
  /** What the changes mean. */
  readonly consequences: readonly ThingChange[];
  readonly changes: readonly ThingChange[];
}

function summary(changes: readonly ThingChange[]): string {
  if (changes.length === 0) return "no difference";
  return (["added", "removed", "changed"] as const)
    .map((change) => `${changes.filter((each) => each.change === change).length} ${change}`)
    .join(", ");
}

function toText({ title, consequences, changes }: Difference): string {
  const lines = [...groupBy([...consequences, ...changes], ({ kind }) => kind)].flatMap(([kind, things]) => [
    "",
    `  ${kind}`,
    ...things.flatMap(({ change, name, changes: values }) => [
      `    ${signs[change]} ${name}`,
      ...values.map((value) => `        ${value.path}: ${show(value.before)} -> ${show(value.after)}`),
    ]),
  ]);
  return [`${title}: ${summary(changes)}`, ...lines, ""].join("\n");
}

/** For a pull request: a table per kind, folded where it is long. */
function toMarkdown({ title, consequences, changes }: Difference): string {
  const sections = [...groupBy([...consequences, ...changes], ({ kind }) => kind)].flatMap(([kind, things]) => [
    `<details${things.length <= 20 ? " open" : ""}><summary>${kind}: ${summary(things)}</summary>`,
    "",
    "| | what | where | before | after |",
    "|---|---|---|---|---|",
    ...things.flatMap(markdownRows),
    "",
    "</details>",
    "",
  ]);
  return [`### ${title}: ${summary(changes)}`, "", ...sections].join("\n");
}

function markdownRows({ change, name, changes }: ThingChange): string[] {
  const row = (...cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  if (changes.length === 0) return [row(signs[change], `\`${name}\``, "", "", "")];
  return changes.map(({ path, before, after }: Change, index) =>
    row(index === 0 ? signs[change] : "", index === 0 ? `\`${name}\`` : "", path, show(before), show(after)),
  );
}

const LONGEST = 100;

function show(value: unknown): string {
  if (value === undefined) return "(none)";
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}
