import { loadDescriptors } from "../addons/catalogue.ts";
import { installedAddons } from "../platform/installed-addons.ts";
import { descriptorsIn } from "../platform/descriptors.ts";
import { readEnvironment } from "../platform/read-environment.ts";
import type { Finding } from "../plan/model/plan.ts";
import { planEnvironment, readResources } from "../plan/plan.ts";
import { withExceptions } from "../proofs/exceptions.ts";
import { prove } from "../proofs/index.ts";
import { resourceProofs } from "../proofs/resource-proofs.ts";
import { asRecorded, type EngineResource } from "./engine-resources.ts";

/** Proves the engine's resources in place of the plan's. What is expected of them is in the environment's file, exceptions included. */
export async function examine(
  folder: string,
  name: string,
  resources: readonly EngineResource[],
): Promise<readonly Finding[]> {
  const all = await loadDescriptors();
  const environment = readEnvironment(folder, name, all);
  const descriptors = descriptorsIn(environment, all);
  const planned = await planEnvironment(environment, all);
  const addons = installedAddons(environment, descriptors).map(({ addon }) => addon);
  const plan = { ...planned, ...readResources(planned, addons, asRecorded(resources, planned.resources)) };
  return withExceptions(plan, prove(plan, resourceProofs), { today: new Date().toISOString().slice(0, 10) });
}
