import { readFileSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { parse, stringify } from "yaml";
import { UserError } from "../platform/faults.ts";
import { fileName, type Manifest, WAVE } from "./render.ts";

/** Foreign files that an error names. */
const MAX_NAMED = 5;

export interface Written {
  readonly files: number;
  readonly changed: number;
  readonly removed: number;
}

/** What is written: PlannedObject and RenderedObject alike. */
interface ObjectFile {
  readonly path: string;
  readonly manifest: object;
}

/**
 * Writes one object per file and removes manifests of earlier runs that no object accounts for. The folder holds nothing
 * else: Argo CD rejects an application whose folder holds a YAML or JSON file that is not a Kubernetes object. A folder
 * with other files is refused before anything is written, except for Git's own `.git`. A file that would not change is
 * not written again, so that watchers see only what did.
 */
export async function writeObjects(folder: string, objects: readonly ObjectFile[]): Promise<Written> {
  const wanted = new Map(objects.map(({ path, manifest }) => [path, manifest]));
  const present = await filesIn(folder);
  const stale = present.filter((path) => !wanted.has(path));
  await requireOwnFiles(folder, stale);
  for (const path of new Set([...wanted.keys()].map(dirname))) await mkdir(join(folder, path), { recursive: true });
  const changed = writeFiles(folder, wanted, new Set(present));
  for (const path of stale) await rm(join(folder, path));
  for (const path of new Set(stale.map(dirname))) await removeIfEmpty(join(folder, path));
  return { files: wanted.size, changed, removed: stale.length };
}

/** Synchronous: an asynchronous read of each small file would wait for a thread, and nothing else runs meanwhile. Returns how many changed. */
function writeFiles(folder: string, wanted: ReadonlyMap<string, object>, present: ReadonlySet<string>): number {
  const changed = [...wanted].filter(([path, manifest]) =>
    writeIfChanged(join(folder, path), manifest, present.has(path)),
  );
  return changed.length;
}

function writeIfChanged(path: string, manifest: object, exists: boolean): boolean {
  const text = toYaml(manifest);
  if (exists && readFileSync(path, "utf8") === text) return false;
  writeFileSync(path, text);
  return true;
}

/** By the same object as JSON. Environments have two fifths of their objects in common, and YAML takes fifty times as long. */
const texts = new Map<string, string>();

/** YAML 1.1's booleans are quoted: Kubernetes' parser still takes `on` and `no` for them. */
export function toYaml(manifest: object): string {
  const key = JSON.stringify(manifest);
  const text = texts.get(key) ?? stringify(manifest, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
  texts.set(key, text);
  return text;
}

/** Everything in a folder that is not a directory, by relative path, without Git's own files. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") throw new UserError(`${folder} is not a folder. Name one.`);
    throw error;
  });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => path !== ".git" && !path.startsWith(".git/"))
    .toSorted();
}

/** Refuses to remove what this writer did not write. */
async function requireOwnFiles(folder: string, paths: readonly string[]): Promise<void> {
  const foreign: string[] = [];
  for (const path of paths) if (!(await isOwnFile(folder, path))) foreign.push(path);
  if (foreign.length === 0) return;
  const others = foreign.length - MAX_NAMED;
  const named = [...foreign.slice(0, MAX_NAMED), ...(others > 0 ? [`and ${others} more`] : [])];
  throw new UserError(
    [
      `${folder} holds files that promptops did not write:`,
      ...named.map((name) => `  ${name}`),
      "A folder of manifests holds nothing else. Remove them, or name another folder.",
    ].join("\n"),
  );
}

/** A manifest of an earlier run names its own file: layer, kind, namespace and name are all in it. */
async function isOwnFile(folder: string, path: string): Promise<boolean> {
  const [, wave] = /^(-?\d+)-[^/]+\/[^/]+\.yaml$/.exec(path) ?? [];
  if (wave === undefined) return false;
  try {
    const manifest = parse(await readFile(join(folder, path), "utf8"), { version: "1.1" }) as Manifest;
    const names = [fileName(manifest), fileName(manifest, true)];
    return Number(manifest.metadata.annotations?.[WAVE]) === Number(wave) && names.includes(basename(path));
  } catch {
    return false;
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
  });
}
