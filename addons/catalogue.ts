import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Addon } from "../platform/addon.ts";
import type { Descriptors } from "../platform/descriptors.ts";
import { UserError } from "../platform/faults.ts";
import { loadServices } from "../services/catalogue.ts";

/** The descriptors of every service and every add-on, each sorted by name. Throws when one cannot be read. */
export async function loadDescriptors(): Promise<Descriptors> {
  const [services, addons] = await Promise.all([loadServices(), loadAddons()]);
  return { services, addons };
}

/** Finds every addons/<name>/addon.ts and reads the descriptor that it exports. */
export async function loadAddons(folder: string = import.meta.dirname): Promise<Addon[]> {
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, "addon.ts")));
  return Promise.all(names.toSorted().map((name) => loadAddon(folder, name)));
}

async function loadAddon(folder: string, name: string): Promise<Addon> {
  const file = join(folder, name, "addon.ts");
  const exported = Object.values((await import(pathToFileURL(file).href)) as Record<string, unknown>);
  const [addon, ...others] = exported.filter(isAddon);
  if (!addon || others.length > 0) {
    throw new UserError(
      `${file} must export one add-on, made with defineAddon; it exports ${exported.filter(isAddon).length}.`,
    );
  }
  if (addon.name !== name)
    throw new UserError(`${file} describes '${addon.name}'. Call it like its folder, '${name}'.`);
  return addon;
}

const isAddon = (value: unknown): value is Addon =>
  typeof value === "object" && value !== null && "delivery" in value && "licence" in value;
