import { createReadStream, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type Architecture, type Image, writeOciLayout } from "../../images/oci-layout.ts";

/** This computer's architecture. */
export const architecture: Architecture = process.arch === "arm64" ? "arm64" : "amd64";

/** Packs a program that needs no other file, and returns the archive's path. */
export async function packProgram(program: string, name: Image["names"][0], folder: string): Promise<string> {
  const file = basename(program);
  const content = { size: statSync(program).size, read: () => createReadStream(program) };
  const archive = join(folder, `${file}.tar`);
  await writeOciLayout(archive, {
    names: [name],
    architecture,
    layers: [{ comment: file, content: [{ kind: "file", path: file, mode: 0o755, content }] }],
    config: { entrypoint: [`/${file}`] },
  });
  return archive;
}
