import { UserError } from "../platform/faults.ts";
import type { Descriptors } from "../platform/descriptors.ts";
import { importFile, moduleFile } from "../platform/module-file.ts";
import type { AddObjects } from "./context.ts";

/** By add-on: what adds the objects that it needs beside what its source brings. */
export type AddonObjects = ReadonlyMap<string, AddObjects>;

/** Reads every addons/<name>/objects.ts. Throws when one does not export `addObjects`. */
export async function loadAddonObjects({
  addonFolders = new Map(),
}: Pick<Descriptors, "addonFolders">): Promise<AddonObjects> {
  const loaded = [...addonFolders].map(async ([name, folder]) => {
    const file = moduleFile(folder, "objects");
    if (file === undefined) return [];
    const { addObjects } = (await importFile(file)) as { readonly addObjects?: AddObjects };
    if (!addObjects) throw new UserError(`${file} must export a function 'addObjects'.`);
    return [[name, addObjects] as const];
  });
  return new Map((await Promise.all(loaded)).flat());
}
