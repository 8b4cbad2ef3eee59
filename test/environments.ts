import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Addon } from "../platform/addon.ts";
import { installedAddons } from "../platform/installed-addons.ts";
import type { Environment } from "../platform/environment.ts";
import { FaultyFileError } from "../platform/faults.ts";
import { environmentFile, listEnvironments, parseEnvironment } from "../platform/read-environment.ts";
import type { Descriptors } from "../platform/descriptors.ts";
import type { Service } from "../platform/service.ts";
import { loadDescriptors } from "../addons/catalogue.ts";

export const root = join(import.meta.dirname, "..");
export const environmentNames: readonly string[] = listEnvironments(root);
/** The project's own services. A service that somebody adds to the project changes no number that a test asserts. */
const OWN = ["analytics", "api", "egress-proxy", "evaluator", "model-simulator", "notifications", "worker"];
const all = await loadDescriptors();
export const services: readonly Service[] = all.services.filter(({ name }) => OWN.includes(name));
export const descriptors: Descriptors = { ...all, services };
export const serviceCalled = (name: string): Service => services.find((service) => service.name === name) as Service;

type Config = Record<string, unknown>;

/** An environment file of the project, changed: `{ "pools.data.nodes.min": 9 }`; undefined removes a key. */
export function environmentSource(name: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const content = parse(readFileSync(join(root, environmentFile(name)), "utf8")) as { config: Config };
  for (const [path, value] of Object.entries(changes)) change(content.config, `promptops:${path}`.split("."), value);
  return stringify(content);
}

/** A file's values as Pulumi's engine v3.248.0 hands them to a program: scalars as text, lists and maps as JSON. */
export function handedOver(source: string): Record<string, string> {
  const { config } = parse(source) as { config: Config };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

function change(config: Config, path: readonly string[], value: unknown): void {
  const [first = "", ...rest] = path;
  if (rest.length > 0) change((config[first] ??= {}) as Config, rest, value);
  else if (value === undefined) Reflect.deleteProperty(config, first);
  else config[first] = value;
}

export function environment(name: string, changes: Readonly<Record<string, unknown>> = {}): Environment {
  return parseEnvironment(environmentSource(name, changes), name, descriptors);
}

/** The installed add-ons of an environment. */
export const addonsOf = (of: Environment): Addon[] => installedAddons(of, descriptors).map(({ addon }) => addon);

/** The faults of a changed production file, as `path: rule`. */
export function faultsOf(changes: Record<string, unknown>, name = "production"): string[] {
  return faultsIn(environmentSource(name, changes), name);
}

export function faultsIn(source: string, name = "production"): string[] {
  try {
    parseEnvironment(source, name, descriptors);
    return [];
  } catch (error) {
    if (!(error instanceof FaultyFileError)) throw error;
    return error.faults.map(({ path, rule }) => `${path}: ${rule}`);
  }
}
