import { join, relative, resolve } from "node:path";
import { UserError } from "../platform/faults.ts";
import { manifestsIn, writeManifests } from "../plan/write-manifests.ts";
import { loadDescriptors } from "../addons/catalogue.ts";
import { readEnvironments, type Selection } from "./read-environments.ts";
import { withRelease } from "./with-release.ts";

interface RenderOptions {
  /** @default - dist/<environment>/manifests */
  readonly output?: string | undefined;
  /** The images' version. @default - the one in the environment's file */
  readonly release?: string | undefined;
}

/** `promptops render`: writes Kubernetes objects and nothing else. */
export async function render({ folder, environments }: Selection, { output, release }: RenderOptions): Promise<0> {
  if (output !== undefined && environments.length > 1) {
    throw new UserError(`--output takes the objects of one environment, not of ${environments.length}. Name one.`);
  }
  const descriptors = await loadDescriptors();
  for (const read of readEnvironments({ folder, environments }, descriptors)) {
    const environment = release === undefined ? read : withRelease(read, release);
    const target = output === undefined ? manifestsIn(join(folder, "dist", environment.name)) : resolve(folder, output);
    const { files, changed, removed } = await writeManifests(target, environment, descriptors);
    const where = relative(folder, target) || ".";
    process.stdout.write(
      `${environment.name}: ${files} objects in ${where} (${changed} changed, ${removed} removed)\n`,
    );
  }
  return 0;
}
