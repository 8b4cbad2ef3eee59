import { mkdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { loadDescriptors } from "../addons/catalogue.ts";
import { bundleImages, type BuiltImage, formatMebibytes, writeBakeFolder, writeLayout } from "../images/build.ts";
import { type NodeBase, readNodeBase } from "../images/node-base.ts";
import { describeImage, NODE_VERSION, type ReleaseSource } from "../images/service-image.ts";
import type { Descriptors } from "../platform/descriptors.ts";
import { UserError } from "../platform/faults.ts";
import type { Service } from "../platform/service.ts";
import { platformServices } from "../services/catalogue.ts";
import { suggestion } from "./closest.ts";
import { commitOf, git } from "./git.ts";
import { readEnvironments } from "./read-environments.ts";
import { withRelease } from "./with-release.ts";

export interface ImageOptions {
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  /** By name; all when empty. */
  readonly services: readonly string[];
  readonly environment?: string | undefined;
  /** The images' version. @default - the one in the environment's file */
  readonly release?: string | undefined;
  readonly output?: string | undefined;
  readonly docker: boolean;
  /** @default - the running one */
  readonly node?: string | undefined;
}

/** `promptops image`: writes the images of services as OCI layouts, or what Docker builds them from. */
export async function writeImages(options: ImageOptions): Promise<0> {
  const { folder, docker, output = join("dist", "images") } = options;
  const project = dirname(platformServices);
  const descriptors = await loadDescriptors();
  const source = releaseSource(options, descriptors);
  const revision = revisionOf(project);
  const images = named(options.services, descriptors.services).map((service) =>
    describeImage(service, source, revision),
  );
  const target = resolve(folder, output);
  const base = docker ? undefined : readNodeBase(options.node ?? process.execPath);
  // Before bundling, which takes seconds.
  mkdirSync(target, { recursive: true });
  const built = await bundleImages(project, images);
  if (base) await writeLayouts(target, built, base);
  else writeBakeFolder(target, built);
  const where = relative(folder, target) || ".";
  process.stdout.write(
    docker
      ? `${built.map(describeProgram).join("\n")}\nwritten to ${where}: run 'docker buildx bake' there\n`
      : `written to ${where}\n`,
  );
  return 0;
}

async function writeLayouts(target: string, built: readonly BuiltImage[], base: NodeBase): Promise<void> {
  for (const each of built) {
    const { digest, size } = await writeLayout(join(target, `${each.image.service}.tar`), each, base);
    process.stdout.write(`${describeProgram(each)}\n  image    ${formatMebibytes(size)}  ${digest}\n`);
  }
  const asReleased = base.version === NODE_VERSION ? "" : `; a release has ${NODE_VERSION}`;
  process.stdout.write(`linux/${base.architecture}, Node.js ${base.version}${asReleased}\n`);
}

const describeProgram = ({ image, bundle }: BuiltImage): string =>
  `${image.name}\n  program  ${formatMebibytes(bundle.size)}  ${bundle.digest}`;

function named(names: readonly string[], services: readonly Service[]): Service[] {
  if (names.length === 0) return [...services];
  const known = services.map(({ name }) => name);
  return [...new Set(names)].map((name) => {
    const found = services.find((service) => service.name === name);
    if (found) return found;
    throw new UserError(`'${name}' is not a service.${suggestion(name, known)} The services are ${known.join(", ")}.`);
  });
}

/** What images are named after: the named environment, or any where all agree. */
function releaseSource({ folder, environment, release }: ImageOptions, descriptors: Descriptors): ReleaseSource {
  const selection = { folder, environments: environment === undefined ? [] : [environment] };
  const [first, ...others] = readEnvironments(selection, descriptors).map((read) =>
    release === undefined ? read : withRelease(read, release),
  );
  const keyOf = ({ release, gitops }: ReleaseSource): string =>
    `${release.registry} ${release.version} ${gitops.repository}`;
  const other = others.find((each) => first && keyOf(each) !== keyOf(first));
  if (first && !other) return first;
  throw new UserError(
    `Environments '${first?.name ?? ""}' and '${other?.name ?? ""}' differ in registry, version or repository. Name one: --environment NAME.`,
  );
}

/** The commit that the sources are; undefined where they are changed, or in no repository. */
function revisionOf(project: string): string | undefined {
  const commit = commitOf(project, "HEAD");
  return commit === undefined || git(project, "status", "--porcelain") !== "" ? undefined : commit;
}
