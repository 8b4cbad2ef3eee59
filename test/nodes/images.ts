import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { bundleImages, writeLayout } from "../../images/build.ts";
import { librariesIn, readNodeBase } from "../../images/node-base.ts";
import { type Architecture, type Image, writeOciLayout } from "../../images/oci-layout.ts";
import { describeImage, type ReleaseSource } from "../../images/service-image.ts";
import { sourceOf, type TarEntry } from "../../images/tar.ts";
import type { Service } from "../../platform/service.ts";
import { root } from "../environments.ts";

/** This computer's architecture. */
const architecture: Architecture = process.arch === "arm64" ? "arm64" : "amd64";

/** Packs a program that needs no other file, and returns the archive's path. */
export async function packProgram(
  program: string,
  name: Image["names"][0],
  folder: string,
  { path = `/${basename(program)}`, user }: ProgramImage = {},
): Promise<string> {
  const file = basename(program);
  const archive = join(folder, `${file}.tar`);
  await writeOciLayout(archive, {
    names: [name],
    architecture,
    layers: [
      { comment: file, content: [{ kind: "file", path: path.slice(1), mode: 0o755, content: sourceOf(program) }] },
    ],
    config: { entrypoint: [path], ...(user !== undefined && { user }) },
  });
  return archive;
}

interface ProgramImage {
  /** Of the program in the image. @default - in its root, by its name */
  readonly path?: string;
  /** @default - root */
  readonly user?: string;
}

/** Packs programs of this computer with the libraries that they load, at the paths that they have here. */
export async function packPrograms(archive: string, { names, programs, more, config }: ProgramsImage): Promise<void> {
  const files = new Map<string, string>();
  for (const program of programs) {
    files.set(program, realpathSync(program));
    for (const library of librariesIn(execFileSync("ldd", [program], { encoding: "utf8" })))
      files.set(library, realpathSync(library));
  }
  const entries = [...files].map(([path, file]): TarEntry => ({
    kind: "file",
    path: path.slice(1),
    mode: 0o755,
    content: sourceOf(file),
  }));
  const layers = [{ comment: "programs of this computer", content: [...entries, ...more] }];
  await writeOciLayout(archive, { names, architecture, layers, config });
}

interface ProgramsImage extends Pick<Image, "names" | "config"> {
  /** Paths of programs. */
  readonly programs: readonly string[];
  readonly more: readonly TarEntry[];
}

/** Builds the images of services from the project's sources and this computer's Node.js, and returns the archives' paths. */
export async function packServices(
  folder: string,
  services: readonly Service[],
  source: ReleaseSource,
): Promise<string[]> {
  const base = readNodeBase(process.execPath);
  const built = await bundleImages(
    root,
    services.map((service) => describeImage(service, source)),
  );
  const archives: string[] = [];
  for (const each of built) {
    const archive = join(folder, `${each.image.service}.tar`);
    await writeLayout(archive, each, base);
    archives.push(archive);
  }
  return archives;
}
