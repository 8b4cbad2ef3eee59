import { relative, join, resolve } from "node:path";
import { UserError } from "../platform/faults.ts";
import { manifestsIn, writeManifests } from "../plan/write-manifests.ts";
import { loadDescriptors } from "../addons/catalogue.ts";
import { readEnvironments } from "./read-environments.ts";
import type { ExitCode, Request } from "./request.ts";

/** `promptops render`: writes Kubernetes objects and nothing else. */
export async function render({ folder, environments, output }: Request): Promise<ExitCode> {
  if (environments.length === 0) {
    throw new UserError("Name the environments to render: promptops render <environment...> [--output FOLDER].");
  }
  if (output !== undefined && environments.length > 1) {
    throw new UserError(`--output takes the objects of one environment, not of ${environments.length}. Name one.`);
  }
  const descriptors = await loadDescriptors();
  for (const environment of readEnvironments(folder, environments, descriptors)) {
    const target = output === undefined ? manifestsIn(join(folder, "dist", environment.name)) : resolve(folder, output);
    const { files, changed, removed } = await writeManifests(target, environment, descriptors);
    const where = relative(folder, target) || ".";
    process.stdout.write(
      `${environment.name}: ${files} objects in ${where} (${changed} changed, ${removed} removed)\n`,
    );
  }
  return 0;
}
