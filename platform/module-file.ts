import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A module in a folder, as TypeScript or compiled; undefined when there is none. */
export function moduleFile(folder: string, name: string): string | undefined {
  return [".ts", ".js"].map((extension) => join(folder, `${name}${extension}`)).find((file) => existsSync(file));
}

/** The folders inside of a folder that hold a module, and its file. Sorted by name. */
export function foldersWith(folder: string, name: string): { readonly name: string; readonly file: string }[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((each) => {
      const file = moduleFile(join(folder, each), name);
      return file === undefined ? [] : [{ name: each, file }];
    });
}

type Module = Readonly<Record<string, unknown>>;

let lastImport: Promise<unknown> = Promise.resolve();

/**
 * Imports a module. One at a time: jiti, which loads the sources, gives a second import what a module has exported so far while the
 * first still evaluates it. Do not await it at the top level of a module that it imports.
 */
export function importFile(file: string): Promise<Module> {
  const imported = lastImport.then(async () => (await import(pathToFileURL(file).href)) as Module);
  lastImport = imported.catch(() => undefined);
  return imported;
}
