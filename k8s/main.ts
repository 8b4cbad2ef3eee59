import { join } from "node:path";
import { UserError } from "../platform/faults.ts";
import { listEnvironments, readEnvironment } from "../platform/read-environment.ts";
import { loadDescriptors } from "../addons/catalogue.ts";
import { loadAddonObjects } from "./addon-objects.ts";
import { buildApp } from "./app.ts";
import { renderObjects } from "./render.ts";
import { writeObjects } from "./write.ts";

/** What `npx cdk8s synth` runs: the same objects, through the same code, into the same files as `promptops plan`. */
async function synth(root: string): Promise<void> {
  const descriptors = await loadDescriptors();
  const addonObjects = await loadAddonObjects(descriptors);
  for (const name of listEnvironments(root)) {
    const environment = readEnvironment(root, name, descriptors);
    const { files } = await writeObjects(
      join(root, "dist", name, "manifests"),
      renderObjects(buildApp(environment, descriptors, addonObjects)),
    );
    console.log(`${name}: ${files} objects in dist/${name}/manifests`);
  }
}

try {
  await synth(join(import.meta.dirname, ".."));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
