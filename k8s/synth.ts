import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { ApiObject, type App } from "cdk8s";
import type { Descriptors } from "../platform/descriptors.ts";
import type { Environment } from "../platform/environment.ts";
import { UserError } from "../platform/faults.ts";
import { listEnvironments, readEnvironment } from "../platform/read-environment.ts";
import { loadAddonObjects } from "./addon-objects.ts";
import { buildApp } from "./app.ts";
import { renderObjects } from "./render.ts";
import { toYaml, writeObjects } from "./write.ts";

export interface SynthOptions {
  /** The folder of Pulumi.yaml. */
  readonly root: string;
  /** Where cdk8s-cli expects manifests: `CDK8S_OUTDIR`. */
  readonly output: string;
  /** The one environment to render. @default - all, each in a folder of its own */
  readonly environment?: string | undefined;
  /** Whether validation plugins read construct paths: `CDK8S_RECORD_CONSTRUCT_METADATA`. */
  readonly recordMetadata: boolean;
}

/** Renders environments for `cdk8s synth`: the same objects, in the same files, as `promptops render`. */
export async function synth(options: SynthOptions, descriptors: Descriptors): Promise<void> {
  const { root, output, environment } = options;
  const names = environment === undefined ? listEnvironments(root) : [environment];
  if (isPrinted(output) && names.length > 1) {
    throw new UserError(
      `--stdout prints the objects of one environment. Set PROMPTOPS_ENVIRONMENT to one of ${names.join(", ")}.`,
    );
  }
  const addonObjects = await loadAddonObjects(descriptors);
  const metadata: Record<string, { readonly path: string }> = {};
  for (const name of names) {
    const described = readEnvironment(root, name, descriptors);
    const app = buildApp(described, descriptors, addonObjects);
    await write(app, described, environment === undefined ? join(output, name) : output);
    if (options.recordMetadata) Object.assign(metadata, constructPaths(app));
  }
  if (options.recordMetadata) {
    const text = JSON.stringify({ version: "1.0.0", resources: metadata });
    await writeFile(join(output, "construct-metadata.json"), text);
  }
}

/**
 * With `--stdout`, cdk8s-cli prints all files at once, without separators and in no order. One file with all objects comes
 * out as a stream that kubectl can apply.
 */
async function write(app: App, { name }: Environment, folder: string): Promise<void> {
  const objects = renderObjects(app);
  if (!isPrinted(folder)) {
    await writeObjects(folder, objects);
    return;
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.yaml`), objects.map(({ manifest }) => toYaml(manifest)).join("---\n"));
}

/** cdk8s-cli says nothing of `--stdout`, but makes a temporary folder for it: `mkdtemp` in its lib/util.js, 2.207. */
const isPrinted = (folder: string): boolean =>
  dirname(resolve(folder)) === resolve(tmpdir()) && /^cdk8s-\w{6}$/.test(basename(folder));

/** What cdk8s' own synth writes for validation plugins: the construct of each object, by name. */
const constructPaths = (app: App): Record<string, { readonly path: string }> =>
  Object.fromEntries(
    app.node
      .findAll()
      .filter((construct) => ApiObject.isApiObject(construct))
      .map((object) => [object.name, { path: object.node.path }]),
  );
