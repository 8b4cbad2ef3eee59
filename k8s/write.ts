import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { type Manifest, pathOf, type RenderedObject } from "./render.ts";

/** Files that are open at once. */
const PARALLEL = 64;

export interface Written {
  readonly files: number;
  readonly changed: number;
  readonly removed: number;
}

/**
 * Writes one object a file into a folder and removes the manifests that no object accounts for. A file that would not
 * change is left as it is, so that whatever watches the folder sees what did.
 */
export async function writeObjects(folder: string, objects: readonly RenderedObject[]): Promise<Written> {
  const wanted = new Map(objects.map((object) => [pathOf(object), object.manifest]));
  const present = new Set(await manifestsIn(folder));
  for (const path of new Set([...wanted.keys()].map(dirname))) await mkdir(join(folder, path), { recursive: true });
  const entries = [...wanted];
  let changed = 0;
  for (let start = 0; start < entries.length; start += PARALLEL) {
    const batch = entries.slice(start, start + PARALLEL);
    const results = await Promise.all(
      batch.map(([path, manifest]) => writeIfChanged(join(folder, path), manifest, present.has(path))),
    );
    changed += results.filter(Boolean).length;
  }
  const stale = [...present].filter((path) => !wanted.has(path));
  for (const path of stale) await rm(join(folder, path));
  return { files: wanted.size, changed, removed: stale.length };
}

async function writeIfChanged(path: string, manifest: Manifest, exists: boolean): Promise<boolean> {
  const text = toYaml(manifest);
  if (exists && (await readFile(path, "utf8")) === text) return false;
  await writeFile(path, text);
  return true;
}

/** YAML 1.1's booleans are quoted: Kubernetes' parser still takes `on` and `no` for them. */
export function toYaml(manifest: object): string {
  return stringify(manifest, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

async function manifestsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return (
    entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(".yaml"))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      // Beside the layers the folder holds what is not applied: the plan, a kind configuration.
      .filter((path) => path.includes("/"))
  );
}
