import { readdirSync } from "node:fs";
import { environmentFile, listEnvironments } from "./read-environment.ts";

/** A file that looks like an environment's and is not read. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

/** Every `Pulumi.*` file of a folder that describes no environment, with the reason. */
export function skippedFiles(folder: string): SkippedFile[] {
  const read = new Set(["Pulumi.yaml", ...listEnvironments(folder).map(environmentFile)]);
  return readdirSync(folder)
    .filter((file) => /^pulumi\./i.test(file) && !read.has(file))
    .toSorted()
    .map((file) => ({ file, reason: reasonFor(file) }));
}

function reasonFor(file: string): string {
  const [, name = "", extension] = /^pulumi\.(?:(.*)\.)?(yaml|yml)$/i.exec(file) ?? [];
  if (extension === undefined) return "it does not end in .yaml";
  if (name === "") return "the project's file is Pulumi.yaml";
  const expected = `Pulumi.${name.toLowerCase().replaceAll(/[^-a-z0-9]+/g, "-")}.yaml`;
  if (!file.startsWith("Pulumi.")) return `its name begins with 'Pulumi.'; rename it to ${expected}`;
  if (extension !== "yaml") return `it ends in .${extension}; rename it to ${expected}`;
  return `an environment's name has lower-case letters, digits and '-', and begins with a letter; rename it to ${expected}`;
}
