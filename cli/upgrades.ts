import { loadDescriptors } from "../addons/catalogue.ts";
import { upgradesOf } from "../platform/upgrades.ts";
import { table } from "../report/table.ts";
import type { ExitCode } from "./command.ts";
import { readEnvironments, type Selection } from "./read-environments.ts";

/** `promptops upgrades`. */
export async function upgrades(selection: Selection, json: boolean): Promise<ExitCode> {
  const descriptors = await loadDescriptors();
  const found = readEnvironments(selection, descriptors).flatMap((environment) =>
    upgradesOf(environment, descriptors).map((upgrade) => ({ environment: environment.name, ...upgrade })),
  );
  const rows = found.map(({ environment, subject, current, next, key }) => [
    environment,
    subject,
    `${current} -> ${next}`,
    `promptops:${key}`,
  ]);
  const text = found.length > 0 ? table(rows).join("\n") : "No version is older than those that this release lists.";
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : `${text}\n`);
  return found.length > 0 ? 1 : 0;
}
