import { UserError } from "../platform/faults.ts";
import { toPlanFile } from "../plan/plan-file.ts";
import { commitOf, git, gitWith, isAncestor } from "./git.ts";
import { planEnvironments } from "./plan-environments.ts";
import { planBranch } from "./plan-branch.ts";

/** `promptops keep`: commits the plan of what was deployed to the branch `plans/<environment>`, without touching the working tree. */
export async function keep(folder: string, environments: readonly string[]): Promise<0> {
  const head = commitOf(folder, "HEAD");
  if (head === undefined) throw new UserError(`${folder} has no commit. Plans are kept on branches: commit first.`);
  // A new file, such as a service's descriptor, is planned too.
  const isClean = git(folder, "status", "--porcelain") === "";
  const of = `${head.slice(0, 8)}${isClean ? "" : " and changes that are not committed"}`;
  for await (const { environment, plan, findings, effects } of planEnvironments({ folder, environments })) {
    const document = toPlanFile(plan, { findings, effects });
    const branch = planBranch(environment.name);
    const commit = commitFile(
      folder,
      branch,
      `${JSON.stringify(document, null, 2)}\n`,
      `Plan ${environment.name} of ${of}`,
    );
    process.stdout.write(`${branch}: ${commit === undefined ? "unchanged" : `${commit.slice(0, 8)}, plan of ${of}`}\n`);
  }
  return 0;
}

/** Commits plan.json alone. Returns the commit; undefined where the branch has that file already. */
function commitFile(folder: string, branch: string, text: string, message: string): string | undefined {
  const blob = gitWith(folder, text, "hash-object", "-w", "--stdin");
  const tree = gitWith(folder, `100644 blob ${blob}\tplan.json\n`, "mktree");
  const parent = tipOf(folder, branch);
  if (parent !== undefined && git(folder, "rev-parse", `${parent}^{tree}`) === tree) return undefined;
  const parents = parent === undefined ? [] : ["-p", parent];
  const commit = git(folder, "commit-tree", tree, ...parents, "-m", message);
  git(folder, "update-ref", `refs/heads/${branch}`, commit);
  return commit;
}

/** The branch, or its remote one where that is ahead: a fresh clone has remote branches only. */
function tipOf(folder: string, branch: string): string | undefined {
  const [local, remote] = [commitOf(folder, `refs/heads/${branch}`), commitOf(folder, `refs/remotes/origin/${branch}`)];
  if (local === undefined || remote === undefined) return local ?? remote;
  return isAncestor(folder, local, remote) ? remote : local;
}
