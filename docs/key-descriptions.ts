import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the keys of each table of environments.md begin with, by the heading above it. */
const prefixes: Readonly<Record<string, string>> = {
  Environments: "",
  Exceptions: "exceptions[].",
  Pools: "pools.<name>.",
  Models: "models[].",
  OIDC: "oidc.",
};

/**
 * What environments.md says of each key, as plain text, by path: `database.needs`, `pools.<name>.spot`, `models[].endpoint`. Throws
 * where it says two things of one key.
 */
export function readKeyDescriptions(
  page = readFileSync(join(import.meta.dirname, "environments.md"), "utf8"),
): Map<string, string> {
  const descriptions = new Map<string, string>();
  for (const { path, text } of page.split(/^(?=##? )/m).flatMap(rowsOf)) {
    if (descriptions.has(path)) throw new Error(`environments.md describes '${path}' twice. Remove a row.`);
    descriptions.set(path, text);
  }
  return descriptions;
}

/** The keys that a section's table describes. A row may describe several. */
function rowsOf(section: string): { readonly path: string; readonly text: string }[] {
  const prefix = prefixes[/^##? (.+)$/m.exec(section)?.[1] ?? ""];
  if (prefix === undefined) return [];
  return [...section.matchAll(/^\| (`.+?) \| (.+?) \| (.*)\|$/gm)].flatMap(([, keys = "", value = "", rest = ""]) => {
    const text = plain([value, rest.trim()].filter((part) => part !== "").join(": "));
    return [...keys.matchAll(/`([^`]+)`/g)].map(([, key = ""]) => ({ path: `${prefix}${key}`, text }));
  });
}

/** Without links, whose targets mean nothing outside the page. */
const plain = (markdown: string): string => markdown.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1");
