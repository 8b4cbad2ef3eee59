import { FaultyFileError, UserError } from "../platform/faults.ts";
import type { Cloud } from "../platform/clouds.ts";
import type { Environment } from "../platform/environment.ts";
import { listEnvironments, readEnvironment } from "../platform/read-environment.ts";
import type { Descriptors } from "../platform/descriptors.ts";
import { planEnvironment } from "../plan/plan.ts";
import type { Finding, Plan } from "../plan/model/plan.ts";
import { startValidator, validateObjects } from "../plan/validate-objects.ts";
import { prove } from "../proofs/index.ts";
import { loadDescriptors } from "../addons/catalogue.ts";
import type { Request } from "./request.ts";
import { startProgress } from "./progress.ts";

export interface PlannedEnvironment {
  readonly environment: Environment;
  readonly plan: Plan;
  readonly findings: readonly Finding[];
}

/**
 * Plans and proves the environments of a request, one after the other. Every file is read before the first plan: all of
 * their faults are reported at once.
 */
export async function* planEnvironments({ folder, environments, cloud }: Request): AsyncGenerator<PlannedEnvironment> {
  const starting = startValidator();
  const descriptors = await loadDescriptors();
  const sound = readAll({ folder, environments, cloud }, descriptors);
  const validator = await starting;
  const progress = startProgress(sound.map(({ name }) => name));
  const plans = new Map<string, Promise<Plan>>();
  /** Once each: an environment may be planned for itself and for its rehearsal. */
  function planOnce(environment: Environment): Promise<Plan> {
    const plan = plans.get(environment.name) ?? planEnvironment(environment, descriptors);
    plans.set(environment.name, plan);
    return plan;
  }
  async function planWithRehearsed(environment: Environment): Promise<Plan> {
    const plan = await planOnce(environment);
    if (environment.rehearses === undefined) return plan;
    const rehearsed = sound.find(({ name }) => name === environment.rehearses);
    const other = rehearsed ?? readEnvironment(folder, environment.rehearses, descriptors, cloud);
    return { ...plan, rehearses: await planOnce(other) };
  }
  for (const environment of sound) {
    progress.begin(environment.name);
    const plan = await planWithRehearsed(environment);
    const findings = [validateObjects(plan, validator), ...prove(plan)];
    progress.end(`${plan.resources.length} resources, ${plan.objects.length} objects, ${findings.length} proofs`);
    yield { environment, plan, findings };
  }
}

function readAll(
  { folder, environments: named, cloud }: Pick<Request, "folder" | "environments"> & { cloud: Cloud | undefined },
  descriptors: Descriptors,
): Environment[] {
  const names = named.length > 0 ? [...new Set(named)] : listEnvironments(folder);
  if (names.length === 0)
    throw new UserError(`${folder} has no Pulumi.<environment>.yaml. Go to the project's folder, or add one.`);
  const faulty: FaultyFileError[] = [];
  const sound = names.flatMap((name) => {
    try {
      return [readEnvironment(folder, name, descriptors, cloud)];
    } catch (error) {
      if (!(error instanceof FaultyFileError)) throw error;
      faulty.push(error);
      return [];
    }
  });
  if (faulty.length > 0) throw new UserError(faulty.map(({ message }) => message).join("\n\n"));
  return sound;
}

export const holds = ({ findings }: Pick<PlannedEnvironment, "findings">): boolean =>
  findings.every(({ failures }) => failures.length === 0);
