import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../platform/faults.ts";
import { writeNewFiles } from "./new-files.ts";

const NAME = /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/;

/** `promptops new addon NAME`: writes a descriptor that can be enabled at once. Returns what to print. */
export function newAddon(folder: string, name: string, today: Date = new Date()): string {
  if (!NAME.test(name)) {
    throw new UserError(
      `'${name}' is not a valid add-on name: lower-case letters, digits and '-', at most 40. Choose another.`,
    );
  }
  const home = `addons/${name}`;
  if (existsSync(join(folder, home))) throw new UserError(`${home} already exists. Choose another name.`);
  const files = addonFiles(name, today.toISOString().slice(0, 10));
  writeNewFiles(folder, files);
  return [
    ...Object.keys(files).map((path) => `created ${path}`),
    "",
    `Name it in an environment, below promptops:addons, and plan: ${name}: {}`,
    "docs/addons.md describes the fields of a descriptor.",
    "",
  ].join("\n");
}

/** The files of a new add-on, by path. It is assumed to be in the cluster until its source is recorded. */
export function addonFiles(name: string, date: string): Record<string, string> {
  const constant = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return {
    [`addons/${name}/addon.ts`]: `import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

export const ${constant} = defineAddon({
  name: "${name}",
  // The licence of the software, as an SPDX identifier.
  licence: "Apache-2.0",
  // What an environment may set below promptops:addons.${name}.
  options: z.strictObject({}),
  // Somebody else installs it. With { by: "application", source } Argo CD does: record the source then.
  delivery: {
    by: "assumed",
    evidence: { page: "https://example.org/${name}", date: "${date}" },
  },
  namespace: { name: "${name}", podSecurity: "restricted" },
});
`,
  };
}
