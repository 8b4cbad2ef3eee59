import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Descriptors } from "../platform/descriptors.ts";
import type { Environment } from "../platform/environment.ts";
import { type InstalledAddon, versionOf } from "../platform/installed-addons.ts";
import type { AddonRecord } from "../addons/recording/record.ts";
import { recordedObjects } from "../addons/recording/recorded-objects.ts";
import type { KubernetesObject } from "./model/kubernetes.ts";

/** What the sources of add-ons render, by add-on. */
export type Records = ReadonlyMap<string, AddonRecord>;

/** Reads every addons/<name>/rendered.json that there is. */
export async function loadRecords({ addonFolders = new Map() }: Pick<Descriptors, "addonFolders">): Promise<Records> {
  const files = [...addonFolders]
    .map(([name, folder]) => ({ name, file: join(folder, "rendered.json") }))
    .filter(({ file }) => existsSync(file));
  const loaded = files.map(async ({ name, file }) => [name, await readRecord(file)] as const);
  return new Map(await Promise.all(loaded));
}

const readRecord = async (file: string): Promise<AddonRecord> =>
  JSON.parse(await readFile(file, "utf8")) as AddonRecord;

/** What an add-on brings into this environment; nothing where its source was not recorded. */
export function recordedObjectsOf(
  environment: Environment,
  { addon, context }: InstalledAddon,
  records: Records,
): readonly KubernetesObject[] {
  const record = records.get(addon.name);
  const version = versionOf(environment, addon);
  if (!record || version === undefined || !("source" in addon.delivery)) return [];
  return recordedObjects(record, version, addon.delivery.values?.(context) ?? {});
}
