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

export async function importFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
}
