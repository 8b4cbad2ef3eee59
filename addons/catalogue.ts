import { dirname } from "node:path";
import type { Addon } from "../platform/addon.ts";
import type { Descriptors } from "../platform/descriptors.ts";
import { UserError } from "../platform/faults.ts";
import { foldersWith, importFile } from "../platform/module-file.ts";
import type { Service } from "../platform/service.ts";
import { loadServices, platformServices } from "../services/catalogue.ts";

/** The folder of the platform's add-ons. */
export const platformAddons = import.meta.dirname;

/** Where descriptors come from: folders that hold a folder for each, and descriptors themselves. */
export interface DescriptorSources {
  /** @default - the platform's: `[platformServices]` */
  readonly services?: readonly (string | Service)[];
  /** @default - the platform's: `[platformAddons]` */
  readonly addons?: readonly (string | Addon)[];
}

/** The descriptors of every service and every add-on, each sorted by name. Throws when one cannot be read. */
export async function loadDescriptors({
  services = [platformServices],
  addons = [platformAddons],
}: DescriptorSources = {}): Promise<Descriptors> {
  const [loadedServices, loadedAddons] = await Promise.all([loadServices(services), loadAddons(addons)]);
  return { services: loadedServices, ...loadedAddons };
}

/** Reads the descriptor of every addons/<name>/addon.ts. */
export async function loadAddons(
  sources: readonly (string | Addon)[] = [platformAddons],
): Promise<Required<Pick<Descriptors, "addons" | "addonFolders">>> {
  const found = sources.flatMap((source) => (typeof source === "string" ? foldersWith(source, "addon") : []));
  const given = sources.filter((source) => typeof source !== "string");
  const loaded = await Promise.all(found.map(({ name, file }) => loadAddon(name, file)));
  const addons = [...loaded, ...given].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const twice = addons.find(({ name }, index) => addons[index + 1]?.name === name);
  if (twice) throw new UserError(`Two add-ons are called '${twice.name}'. Rename one.`);
  return { addons, addonFolders: new Map(found.map(({ name, file }) => [name, dirname(file)])) };
}

async function loadAddon(name: string, file: string): Promise<Addon> {
  const exported = Object.values(await importFile(file)).filter(isAddon);
  const [addon, ...others] = exported;
  if (!addon || others.length > 0) {
    throw new UserError(`${file} must export one add-on, made with defineAddon; it exports ${exported.length}.`);
  }
  if (addon.name !== name)
    throw new UserError(`${file} describes '${addon.name}'. Rename it or its folder, '${name}'.`);
  return addon;
}

const isAddon = (value: unknown): value is Addon =>
  typeof value === "object" && value !== null && "delivery" in value && "licence" in value;
