import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Addon } from "../platform/addon.ts";
import { UserError } from "../platform/faults.ts";
import type { AddObjects } from "./context.ts";

/** By add-on: what adds the objects that it needs beside what its source brings. */
export type AddonObjects = ReadonlyMap<string, AddObjects>;

/** Reads every addons/<name>/objects.ts. Throws when one does not export `addObjects`. */
export async function loadAddonObjects(
  addons: readonly Pick<Addon, "name">[],
  folder: string = join(import.meta.dirname, "..", "addons"),
): Promise<AddonObjects> {
  const files = addons
    .map(({ name }) => ({ name, file: join(folder, name, "objects.ts") }))
    .filter(({ file }) => existsSync(file));
  const loaded = files.map(async ({ name, file }) => {
    const { addObjects } = (await import(pathToFileURL(file).href)) as { readonly addObjects?: AddObjects };
    if (!addObjects) throw new UserError(`${file} must export a function 'addObjects'.`);
    return [name, addObjects] as const;
  });
  return new Map(await Promise.all(loaded));
}
