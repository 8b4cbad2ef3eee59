import type { Environment } from "../platform/environment.ts";
import { readEnvironment } from "../platform/read-environment.ts";
import { skippedFiles } from "../platform/skipped-files.ts";
import { keptAnswers } from "../plan/answers.ts";
import { planEnvironment } from "../plan/plan.ts";
import type { Plan } from "../plan/model/plan.ts";
import { validateObjects } from "../plan/validate-objects.ts";
import { plannedChanges } from "../plan/changes/steps.ts";
import { carriedBy } from "../plan/clouds/holders.ts";
import { withExceptions } from "../proofs/exceptions.ts";
import { loadDescriptors } from "../addons/catalogue.ts";
import { type Base, readBases } from "./bases.ts";
import { readEnvironments, type Selection } from "./read-environments.ts";
import { type Proved, provePlan } from "./prove-plan.ts";
import { provingThread } from "./proving-thread.ts";
import { startProgress } from "./progress.ts";

export interface PlannedEnvironment extends Proved {
  readonly environment: Environment;
  readonly plan: Plan;
  /** What is deployed, where that is known. */
  readonly base?: Base;
}

/**
 * Plans and proves environments, in order. Every file is read before the first plan. `against` says what exists of
 * them; without it, what changes is not judged.
 */
export async function* planEnvironments(selection: Selection, against?: string): AsyncGenerator<PlannedEnvironment> {
  const descriptors = await loadDescriptors();
  const sound = readEnvironments(selection, descriptors);
  if (selection.environments.length === 0) {
    for (const { file, reason } of skippedFiles(selection.folder))
      process.stderr.write(`skipped  ${file}: ${reason}\n`);
  }
  const names = sound.map(({ name }) => name);
  const baseOf = against === undefined ? undefined : await readBases(selection.folder, against, names);
  const progress = startProgress(names);
  const plans = new Map<string, Promise<Plan>>();
  /** An environment is planned once, for itself and for its rehearsal. */
  function planOnce(environment: Environment): Promise<Plan> {
    const plan = plans.get(environment.name) ?? planEnvironment(environment, descriptors);
    plans.set(environment.name, plan);
    return plan;
  }
  async function planWithRehearsed(environment: Environment): Promise<Plan> {
    const plan = await planOnce(environment);
    if (environment.rehearses === undefined) return plan;
    const rehearsed = sound.find(({ name }) => name === environment.rehearses);
    const other = rehearsed ?? readEnvironment(selection.folder, environment.rehearses, descriptors, selection.cloud);
    return { ...plan, rehearses: await planOnce(other) };
  }
  const thread = sound.length > 1 ? provingThread() : undefined;
  async function judge(environment: Environment, plan: Plan, base?: Base): Promise<PlannedEnvironment> {
    const validating = validateObjects(plan, keptAnswers());
    const proved = thread ? await thread.prove(plan, descriptors.services) : provePlan(plan);
    const findings = withExceptions(plan, [await validating, ...proved.findings], {
      today: new Date().toISOString().slice(0, 10),
      elsewhere: selection.cloud !== undefined,
    });
    const { resources, objects } = plan;
    progress.end(
      environment.name,
      `${resources.length} resources, ${objects.length} objects, ${findings.length} proofs`,
    );
    return { ...proved, environment, plan, findings, ...(base && { base }) };
  }
  // One environment is judged in other threads, while the next one is planned here.
  const judged: Promise<PlannedEnvironment>[] = [];
  for (const environment of sound) {
    progress.begin(environment.name);
    const plan = await planWithRehearsed(environment);
    const base = baseOf?.(plan.environment, plan.resources);
    const judging = judge(environment, withChanges(plan, base), base);
    // Awaited below; until then, nobody handles its failure.
    judging.catch(() => undefined);
    judged.push(judging);
  }
  yield* judged;
}

const withChanges = (plan: Plan, base: Base | undefined): Plan =>
  base ? { ...plan, changes: plannedChanges(base.resources, plan.resources, carriedBy) } : plan;

export const holds = ({ findings }: Pick<PlannedEnvironment, "findings">): boolean =>
  findings.every(({ failures }) => failures.length === 0);
