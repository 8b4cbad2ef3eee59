import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../platform/faults.ts";
import { isStackExport, resourcesOfExport } from "../plan/changes/stack-export.ts";
import type { RecordedResource } from "../plan/model/recorded.ts";
import { type PlanFile, recordedResources } from "../plan/plan-file.ts";
import { namesPlanBranches } from "./plan-branch.ts";
import { keptPlan, plansOf } from "./read-plans.ts";

type Resources = readonly RecordedResource[];

/** What exists of an environment. */
export interface Base {
  readonly resources: Resources;
  /** @default - only the resources are known */
  readonly plan?: PlanFile;
}

/** What exists of an environment, for its plan to be compared with; undefined where that is not known. */
export type Bases = (environment: string, planned: Resources) => Base | undefined;

/** Reads what `--against` names: the export of a stack, branches of `promptops keep`, or what `diff` compares. */
export async function readBases(folder: string, against: string, environments: readonly string[]): Promise<Bases> {
  const state = readStackExport(resolve(folder, against));
  if (state) {
    return (environment, planned) => {
      const resources = resourcesOfExport(state, environment, planned);
      return requireKnown(resources && { resources }, { against, environment, environments });
    };
  }
  const plans = namesPlanBranches(against)
    ? environments.flatMap((name) => keptPlan(folder, `${against}/${name}`) ?? [])
    : await plansOf(folder, against, environments);
  const find = (name: string): PlanFile | undefined => plans.find(({ environment }) => environment === name);
  return (environment) => {
    const plan = find(environment);
    const existing = plan && { resources: recordedResources(plan), plan };
    return namesPlanBranches(against) ? existing : requireKnown(existing, { against, environment, environments });
  };
}

interface Asked {
  readonly against: string;
  readonly environment: string;
  readonly environments: readonly string[];
}

/** Of several environments, a file is of one, and the others are not judged; it is wrong for the only one. */
function requireKnown(existing: Base | undefined, asked: Asked): Base | undefined {
  const { against, environment, environments } = asked;
  if (existing || environments.length > 1) return existing;
  throw new UserError(`'${against}' is of another environment than ${environment}. Name what is deployed of it.`);
}

function readStackExport(path: string): object | undefined {
  if (!existsSync(path) || !statSync(path).isFile()) return undefined;
  try {
    const document: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isStackExport(document) ? document : undefined;
  } catch {
    throw new UserError(`${path} is not JSON. Name a plan.json, or what 'pulumi stack export' wrote.`);
  }
}
