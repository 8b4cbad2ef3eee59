import { join } from "node:path";
import { loadAddonObjects } from "../k8s/addon-objects.ts";
import { buildApp } from "../k8s/app.ts";
import { renderObjects } from "../k8s/render.ts";
import { writeObjects, type Written } from "../k8s/write.ts";
import type { Environment } from "../platform/environment.ts";
import type { Descriptors } from "../platform/descriptors.ts";

/** The folder of an environment's manifests, which holds nothing else, in the folder of its plan. */
export const manifestsIn = (planFolder: string): string => join(planFolder, "manifests");

/** Renders an environment's objects into a folder: what a plan holds of them, without the cloud's half and the proofs. */
export async function writeManifests(
  folder: string,
  environment: Environment,
  descriptors: Descriptors,
): Promise<Written> {
  const addonObjects = await loadAddonObjects(descriptors);
  return writeObjects(folder, renderObjects(buildApp(environment, descriptors, addonObjects)));
}
