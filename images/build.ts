import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../platform/faults.ts";
import { bakeFile } from "./bake-file.ts";
import { appEntries, type Bundle, bundleService } from "./bundle.ts";
import { CONTEXT_APP, dockerfile } from "./dockerfile.ts";
import { BASE_ENV, type NodeBase } from "./node-base.ts";
import { type WrittenImage, writeOciLayout } from "./oci-layout.ts";
import { APP, limits, type ServiceImage } from "./service-image.ts";
import { contentSize } from "./tar.ts";

/** The description of an image with the program that it holds. */
export interface BuiltImage {
  readonly image: ServiceImage;
  readonly bundle: Bundle;
}

/** Bundles the program of each image, one after the other. Throws a UserError for one that is over `limits.app`. */
export async function bundleImages(project: string, images: readonly ServiceImage[]): Promise<BuiltImage[]> {
  const built: BuiltImage[] = [];
  for (const image of images) {
    const bundle = await bundleService(project, image.service);
    requireSize(`The program of '${image.service}'`, bundle.size, limits.app);
    built.push({ image, bundle });
  }
  return built;
}

/** Writes an image with a base of this machine as an OCI layout. Throws a UserError when it is over `limits.image`. */
export async function writeLayout(file: string, { image, bundle }: BuiltImage, base: NodeBase): Promise<WrittenImage> {
  const layers = [
    { comment: `Node.js ${base.version} and its libraries`, content: base.entries },
    { comment: APP, content: appEntries(bundle.files) },
  ] as const;
  const size = layers.reduce((sum, { content }) => sum + contentSize(content), 0);
  requireSize(`The image of '${image.service}'`, size, limits.image);
  const { config, name } = image;
  return writeOciLayout(file, {
    names: [name],
    architecture: base.architecture,
    layers,
    config: {
      ...config,
      env: { ...BASE_ENV, ...config.env },
      labels: { ...config.labels, "org.opencontainers.image.base.name": `node-${base.version}` },
    },
  });
}

/** Writes what `docker buildx bake` builds in a folder: its file, and a build context per image. Earlier contexts are replaced. */
export function writeBakeFolder(folder: string, built: readonly BuiltImage[]): void {
  for (const { image, bundle } of built) {
    const context = join(folder, image.service);
    rmSync(context, { recursive: true, force: true });
    writePlain(join(context, "Dockerfile"), dockerfile(image));
    for (const [path, content] of bundle.files) writePlain(join(context, CONTEXT_APP, path), content);
  }
  writePlain(join(folder, "docker-bake.json"), bakeFile(built.map(({ image }) => image)));
}

/** Docker keeps the modes of a context: they must not depend on the umask. */
function writePlain(file: string, content: string | Buffer): void {
  makeFolder(dirname(file));
  writeFileSync(file, content);
  chmodSync(file, 0o644);
}

function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
  chmodSync(folder, 0o755);
}

function requireSize(what: string, size: number, limit: number): void {
  if (size <= limit) return;
  throw new UserError(
    `${what} has ${formatMebibytes(size)}, more than ${formatMebibytes(limit)}. Remove imports that it does not need, or raise 'limits' in images/service-image.ts.`,
  );
}

/** Bytes as text. */
export const formatMebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
