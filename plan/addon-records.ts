import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Descriptors } from "../platform/descriptors.ts";
import type { Environment } from "../platform/environment.ts";
import { UserError } from "../platform/faults.ts";
import { type InstalledAddon, versionOf } from "../platform/installed-addons.ts";
import { memoizeOf } from "../platform/memoize.ts";
import type { AddonRecord } from "../addons/recording/record.ts";
import { recordedObjects } from "../addons/recording/recorded-objects.ts";
import type { KubernetesObject } from "./model/kubernetes.ts";

/** What the sources of add-ons render, by add-on. */
export type Records = ReadonlyMap<string, AddonRecord>;

/** Reads every addons/<name>/rendered.json that there is, once for the same descriptors. */
export const loadRecords: (descriptors: Pick<Descriptors, "addonFolders">) => Promise<Records> = memoizeOf(readRecords);

async function readRecords({ addonFolders = new Map() }: Pick<Descriptors, "addonFolders">): Promise<Records> {
  const files = [...addonFolders]
    .map(([name, folder]) => ({ name, file: join(folder, "rendered.json") }))
    .filter(({ file }) => existsSync(file));
  const loaded = files.map(async ({ name, file }) => [name, await readRecord(file)] as const);
  return new Map(await Promise.all(loaded));
}

/** To the API server, a field that is null is one that is not there. */
const readRecord = async (file: string): Promise<AddonRecord> =>
  JSON.parse(await readFile(file, "utf8"), (_, value: unknown) => value ?? undefined) as AddonRecord;

/** What an add-on's source brings into this environment; nothing where it has none. Throws when it was not recorded. */
export function recordedObjectsOf(
  environment: Environment,
  { addon, context }: InstalledAddon,
  records: Records,
): readonly KubernetesObject[] {
  const version = versionOf(environment, addon);
  if (version === undefined || !("source" in addon.delivery)) return [];
  const record = records.get(addon.name);
  if (!record) {
    throw new UserError(
      `Add-on '${addon.name}' has a source, but no rendered.json beside its descriptor. Run 'npm run build:addons -- ${addon.name}'.`,
    );
  }
  return recordedObjects(record, version, addon.delivery.values?.(context) ?? {});
}
