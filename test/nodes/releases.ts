import { join } from "node:path";
import { bundleImages, writeLayout } from "../../images/build.ts";
import { readNodeBase } from "../../images/node-base.ts";
import { describeImage, MAIN, type ReleaseSource } from "../../images/service-image.ts";
import type { Service } from "../../platform/service.ts";
import { root } from "../environments.ts";

/** A version of a service besides the one that the plan deploys. */
export interface Release {
  readonly service: Service;
  /** What the plan deploys. */
  readonly source: ReleaseSource;
  readonly version: string;
  /** What becomes of the text of its program. @default - nothing */
  readonly change?: (program: string) => string;
}

/** Builds the image of a release, and returns its name and the archive's path. */
export async function packRelease(
  folder: string,
  { service, source, version, change = (program) => program }: Release,
): Promise<{ readonly image: string; readonly archive: string }> {
  const release = { ...source.release, version };
  const [built] = await bundleImages(root, [describeImage(service, { ...source, release })]);
  if (!built) throw new Error(`Service '${service.name}' has no image.`);
  const files = new Map(built.bundle.files);
  files.set(MAIN, Buffer.from(change(String(files.get(MAIN)))));
  const archive = join(folder, `${service.name}-${version}.tar`);
  await writeLayout(archive, { ...built, bundle: { ...built.bundle, files } }, readNodeBase(process.execPath));
  return { image: built.image.name, archive };
}
