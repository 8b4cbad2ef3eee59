import type { Descriptors } from "../platform/descriptors.ts";
import { UserError } from "../platform/faults.ts";
import { importFile, moduleFile } from "../platform/module-file.ts";
import { runbooksUrl } from "../platform/names.ts";
import { type Alert, AlertRules } from "./constructs/alert-rules.ts";
import type { AddObjects } from "./context.ts";

/** By add-on: what adds the objects that it needs beside what its source brings. */
export type AddonObjects = ReadonlyMap<string, readonly AddObjects[]>;

/** Reads every addons/<name>/objects.ts and alerts.ts. Throws when one lacks its export. */
export async function loadAddonObjects({
  addonFolders = new Map(),
}: Pick<Descriptors, "addonFolders">): Promise<AddonObjects> {
  const loaded = [...addonFolders].map(async ([name, folder]) => {
    const addObjects = await exportOf<AddObjects>(folder, "objects", "addObjects");
    const alerts = await exportOf<readonly Alert[]>(folder, "alerts", "alerts");
    return [name, [...(addObjects ? [addObjects] : []), ...(alerts ? [addAlerts(name, alerts)] : [])]] as const;
  });
  return new Map(await Promise.all(loaded));
}

/** What a module of an add-on's folder exports under a name; undefined when there is no such module. */
async function exportOf<Exported>(folder: string, module: string, name: string): Promise<Exported | undefined> {
  const file = moduleFile(folder, module);
  if (file === undefined) return undefined;
  const exported = (await importFile(file))[name] as Exported | undefined;
  if (exported === undefined) throw new UserError(`${file} must export '${name}'.`);
  return exported;
}

const addAlerts =
  (name: string, alerts: readonly Alert[]): AddObjects =>
  ({ environment, layers }) => {
    new AlertRules(layers.alerts, name, { name, groups: { [name]: alerts }, runbooks: runbooksUrl(environment) });
  };
