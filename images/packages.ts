import { readFileSync } from "node:fs";
import { join } from "node:path";

/** An npm package of which a bundle has a part. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression; undefined where the package states none. */
  readonly license: string | undefined;
}

const FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The packages that files below node_modules belong to, each version once, sorted by name. Paths are relative to the project. */
export function packagesOf(project: string, files: readonly string[]): Package[] {
  const folders = new Set(files.flatMap((file) => FOLDER.exec(file)?.[0] ?? []));
  const found = new Map<string, Package>();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(
      readFileSync(join(project, folder, "package.json"), "utf8"),
    ) as Package;
    found.set(`${name}@${version}`, { name, version, license });
  }
  return [...found.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
}
