import type { Addon } from "../platform/addon.ts";
import type { Environment } from "../platform/environment.ts";
import type { InstalledAddon } from "../platform/installed-addons.ts";
import type { KubernetesObject } from "./model/kubernetes.ts";

/** What the sources of add-ons render, by add-on. */
export type Records = ReadonlyMap<string, unknown>;

export function loadRecords(_addons: readonly Addon[]): Promise<Records> {
  return Promise.resolve(new Map());
}

export function recordedObjectsOf(_environment: Environment, _installed: InstalledAddon, _records: Records): KubernetesObject[] {
  return [];
}
