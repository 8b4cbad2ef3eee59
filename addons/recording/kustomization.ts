import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { parse, stringify } from "yaml";
import { UserError } from "../../platform/faults.ts";
import { output } from "./files.ts";
import { fieldsOf } from "./kept-fields.ts";

const FILE = "kustomization.yaml";
/** Options of an Argo CD kustomize source that Argo CD writes into the kustomization file. */
const WRITTEN = ["patches", "commonLabels", "commonAnnotations", "namePrefix", "nameSuffix", "replicas", "components"];
const OPTIONS = [...WRITTEN, "images", "namespace"];

/** Files that a kustomization reads, directly or through others, relative to the repository. Whatever it names and is there counts. */
export function kustomizationFiles(repository: string, folder: string): string[] {
  const seen = new Set<string>();
  visit(join(repository, folder));
  return [...seen].map((path) => relative(repository, path).split(sep).join("/")).toSorted();

  function visit(path: string): void {
    if (!existsSync(path) || seen.has(path)) return;
    if (statSync(path).isDirectory()) {
      if (existsSync(join(path, FILE))) visit(join(path, FILE));
      return;
    }
    seen.add(path);
    if (!path.endsWith(`${sep}${FILE}`)) return;
    for (const text of textsIn(parse(readFileSync(path, "utf8")))) visit(join(dirname(path), text));
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value.includes("\n") ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Renders a folder with the options of an Argo CD kustomize source, as Argo CD does: in a copy whose kustomization it edits. */
export function renderKustomization(
  kustomize: string,
  { repository, folder, work, options }: { repository: string; folder: string; work: string; options: object },
): string {
  const unknown = Object.keys(options).filter((key) => !OPTIONS.includes(key));
  if (unknown.length > 0) {
    throw new UserError(`'${unknown.join("', '")}' is no option of a kustomize source. Use ${OPTIONS.join(", ")}.`);
  }
  for (const file of kustomizationFiles(repository, folder)) {
    mkdirSync(dirname(join(work, file)), { recursive: true });
    cpSync(join(repository, file), join(work, file));
  }
  const edited = join(work, folder);
  const { images, namespace, ...written } = options as { images?: string[]; namespace?: string };
  if (images) output(kustomize, ["edit", "set", "image", ...images], edited);
  if (namespace !== undefined) output(kustomize, ["edit", "set", "namespace", "--", namespace], edited);
  writeOptions(join(edited, FILE), written);
  return output(kustomize, ["build", "."], edited);
}

/** Lists are added to those that are there. */
function writeOptions(file: string, options: object): void {
  const content = fieldsOf(parse(readFileSync(file, "utf8")));
  const added = Object.entries(options as Record<string, unknown>).map(([key, value]) => {
    const before = content[key];
    const lists = Array.isArray(before) && Array.isArray(value);
    return [key, lists ? [before, value].flat() : value] as const;
  });
  writeFileSync(file, stringify({ ...content, ...Object.fromEntries(added) }));
}

/** The YAML files of a folder, as Argo CD reads a plain folder: not those of folders in it. */
export function yamlFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => /\.(ya?ml|json)$/.test(file))
    .toSorted();
}
