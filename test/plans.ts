import { installedAddons } from "../platform/installed-addons.ts";
import { memoize } from "../platform/memoize.ts";
import { modelOf, planEnvironment, readResources } from "../plan/plan.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { KubernetesObject } from "../plan/model/kubernetes.ts";
import type { RecordedResource } from "../plan/model/recorded.ts";
import type { Service } from "../platform/service.ts";
import { descriptors, environment, services } from "./environments.ts";

const plans = new Map<string, Promise<Plan>>();
let last: Promise<unknown> = Promise.resolve();

/** The plan of one of the project's environments, made once a file. One after the other: Pulumi's recorder is global. */
export function planOf(name: string): Promise<Plan> {
  let plan = plans.get(name);
  if (!plan) {
    plan = freshPlan(name);
    plans.set(name, plan);
  }
  return plan;
}

export function freshPlan(
  name: string,
  changes: Record<string, unknown> = {},
  with_: readonly Service[] = services,
): Promise<Plan> {
  const plan = last.then(() => planEnvironment(environment(name, changes), { ...descriptors, services: with_ }));
  last = plan.catch(() => undefined);
  return plan;
}

/** Changes one object of a plan, found by kind and name, and makes the model again: what a proof sees after the damage. */
export function damageObject(plan: Plan, kind: string, name: string, damage: (manifest: Editable) => void): Plan {
  const found = plan.objects.filter(({ manifest }) => manifest.kind === kind && manifest.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} objects are ${kind} ${name}`);
  const objects = plan.objects.map((each) => (found.includes(each) ? structuredClone(each) : each));
  for (const { manifest } of objects.filter((each) => !plan.objects.includes(each))) damage(manifest as Editable);
  return remodel(plan, { objects });
}

export function withoutObject(plan: Plan, kind: string, name: string): Plan {
  const objects = plan.objects.filter(({ manifest }) => manifest.kind !== kind || manifest.metadata.name !== name);
  if (objects.length !== plan.objects.length - 1) throw new Error(`no single ${kind} ${name}`);
  return remodel(plan, { objects });
}

export function withObject(plan: Plan, manifest: KubernetesObject): Plan {
  return remodel(plan, { objects: [...plan.objects, { path: `99-test/${manifest.kind}.yaml`, manifest }] });
}

export function withResources(
  plan: Plan,
  change: (resources: readonly RecordedResource[]) => readonly RecordedResource[],
): Plan {
  return remodel(plan, { resources: change(plan.resources) });
}

export function remodel(plan: Plan, parts: Partial<Pick<Plan, "objects" | "resources" | "addons">>): Plan {
  const { described, installed } = asCommitted(plan.environment);
  return modelOf(described, descriptors, { ...plan, ...parts, installed });
}

/** An environment as its file describes it. Parsing it takes longer than most damage. */
const asCommitted = memoize((name) => {
  const described = environment(name);
  return { described, installed: installedAddons(described, descriptors) };
});

/** The plan with other resources, for damage to resources alone: much faster than making the whole model again. */
export function withResourcesAlone(plan: Plan, resources: readonly RecordedResource[]): Plan {
  const { installed } = asCommitted(plan.environment);
  const addons = installed.map(({ addon }) => addon);
  return { ...plan, ...readResources(plan, addons, resources) };
}

/** A manifest in which a test may change anything. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- damage reaches where no type leads
export type Editable = any;
