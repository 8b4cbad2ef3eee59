/**
 * Records what the add-ons' sources render, in addons/<name>/rendered.json.
 *
 * Usage: npm run build:addons -- [name...] [--source NAME=PATH]... [--verify]
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { UserError } from "../../platform/faults.ts";
import { loadAddons } from "../catalogue.ts";
import { isRecordable, type Recordable, shapesOf } from "./contexts.ts";
import { differencesBetween } from "./differences.ts";
import { withFolder } from "./files.ts";
import { ensureRenderers, type Programs } from "./programs.ts";
import type { AddonRecord } from "./record.ts";
import { recordVersion } from "./record-addon.ts";
import { fillWith } from "./sentinels.ts";
import { prepareSource } from "./sources.ts";

const addonsFolder = join(import.meta.dirname, "..");

/** Records or verifies the named add-ons, or all. Returns the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      source: { type: "string", multiple: true, default: [] },
      verify: { type: "boolean", default: false },
      addons: { type: "string", default: addonsFolder },
    },
  });
  const folder = resolve(values.addons);
  const addons = chosen((await loadAddons([folder])).addons.filter(isRecordable), positionals);
  const given = new Map(values.source.map(sourceArgument));
  const programs = await ensureRenderers();
  let status = 0;
  for (const addon of addons) {
    const record = await recordAddon(programs, addon, given);
    const file = join(folder, addon.name, "rendered.json");
    if (values.verify) status = Math.max(status, verify(file, record));
    else await write(file, record);
  }
  return status;
}

function chosen(addons: readonly Recordable[], names: readonly string[]): readonly Recordable[] {
  const unknown = names.filter((name) => !addons.some((addon) => addon.name === name));
  if (unknown.length > 0) {
    const known = addons.map(({ name }) => name).join(", ");
    throw new UserError(`No add-on with a source is called '${unknown.join("', '")}'. There are ${known}.`);
  }
  return names.length === 0 ? addons : addons.filter(({ name }) => names.includes(name));
}

/** `NAME=PATH` or `NAME@VERSION=PATH`. */
function sourceArgument(argument: string): [string, string] {
  const [, name, path] = /^([^=]+)=(.+)$/.exec(argument) ?? [];
  if (name === undefined || path === undefined) {
    throw new UserError(
      `--source ${argument}: write NAME=PATH, or NAME@VERSION=PATH where several versions are listed.`,
    );
  }
  return [name, resolve(path)];
}

async function recordAddon(
  programs: Programs,
  addon: Recordable,
  given: ReadonlyMap<string, string>,
): Promise<AddonRecord> {
  const { versions, ...source } = addon.delivery.source;
  const values = shapesOf(addon).map((shape) => fillWith(shape.values, new Map()));
  const recorded: [string, AddonRecord["versions"][string]][] = [];
  for (const version of versions) {
    const path = given.get(`${addon.name}@${version}`) ?? given.get(addon.name);
    const record = await withFolder((work) =>
      Promise.resolve(
        recordVersion(addon, version, prepareSource(programs, addon, { version, given: path, values, work })),
      ),
    );
    recorded.push([version, record]);
  }
  return { addon: addon.name, source, versions: Object.fromEntries(recorded) };
}

function verify(file: string, record: AddonRecord): number {
  const committed = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as AddonRecord) : undefined;
  const differences = differencesBetween(committed, record);
  console.log(differences.length === 0 ? `${record.addon}: as recorded` : differences.join("\n"));
  return differences.length === 0 ? 0 : 1;
}

async function write(file: string, record: AddonRecord): Promise<void> {
  const options = await resolveConfig(file);
  writeFileSync(file, await format(JSON.stringify(record), { ...options, parser: "json" }));
  const counts = Object.entries(record.versions).map(
    ([version, { objects, shapes }]) => `${version}: ${Object.keys(shapes).length} shapes, ${objects.length} objects`,
  );
  console.log(`${file} (${counts.join("; ")})`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
