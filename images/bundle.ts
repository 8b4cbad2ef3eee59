import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, type BuildResult, type Metafile } from "esbuild";
import { UserError } from "../platform/faults.ts";
import { packagesOf } from "./packages.ts";
import { buildPages } from "./pages.ts";
import { billOfMaterials } from "./bill-of-materials.ts";
import { APP, MAIN } from "./service-image.ts";
import { type TarEntry, writeTar } from "./tar.ts";

/** A service's program with everything that it imports: it runs on Node.js alone, without node_modules and without a loader. */
export interface Bundle {
  /** Content by path below the program's folder. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Bytes of all files. */
  readonly size: number;
  /** SHA-256 of the files with their paths. */
  readonly digest: string;
}

/** The oldest Node.js that the sources run on, so that tests run the same bundle on it. */
const TARGET = "node20.19";
/** pg requires it where it is installed; it is not. */
const EXTERNAL = ["pg-native"];
/** CommonJS packages use these; an ES module has to make them. */
const BANNER = [
  'import { createRequire as __createRequire } from "node:module";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = import.meta.filename;",
  "const __dirname = import.meta.dirname;",
].join("\n");

/**
 * Bundles services/<name>/main.ts of a project, with its migrations and its pages beside it. The same sources give the same bytes on
 * every machine. Throws a UserError when there is no such program, when it does not compile, and for a migration that Node.js cannot run.
 */
export async function bundleService(project: string, service: string): Promise<Bundle> {
  const folder = join(project, "services", service);
  const main = join(folder, "main.ts");
  if (!existsSync(main))
    throw new UserError(`${main} does not exist. Write the program of service '${service}' there.`);
  const [{ outputFiles, metafile }, pages] = await Promise.all([compile(project, main), buildPages(project, service)]);
  const files = new Map<string, Buffer>(
    outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]),
  );
  files.set("package.json", Buffer.from('{ "type": "module" }\n'));
  files.set(
    "bill-of-materials.cdx.json",
    billOfMaterials(service, packagesOf(project, [...bundledFiles(metafile), ...pages.modules])),
  );
  for (const [path, content] of [...migrationsOf(folder), ...pages.files]) files.set(path, content);
  return {
    files,
    size: [...files.values()].reduce((sum, { length }) => sum + length, 0),
    digest: await digestOf(files),
  };
}

async function compile(project: string, main: string): Promise<BuildResult<{ write: false; metafile: true }>> {
  try {
    return await build({
      entryPoints: [main],
      absWorkingDir: project,
      // Only names: nothing is written.
      outfile: join(project, MAIN),
      write: false,
      bundle: true,
      platform: "node",
      format: "esm",
      target: TARGET,
      // Logs name errors by their classes.
      keepNames: true,
      external: EXTERNAL,
      banner: { js: BANNER },
      sourcemap: "linked",
      sourcesContent: false,
      metafile: true,
      // Paths in the output must not depend on where packages are kept.
      preserveSymlinks: true,
      logLevel: "silent",
    });
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const [{ text, location } = { text: "", location: null }] = error.errors;
    const where = location ? `${location.file}:${location.line}: ` : "";
    throw new UserError(`${main} cannot be bundled. ${where}${text}`);
  }
}

/** Source files that the output is made of, without those that nothing uses. */
const bundledFiles = ({ outputs }: Metafile): string[] =>
  Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));

interface BuildFailure {
  readonly errors: readonly { readonly text: string; readonly location: { file: string; line: number } | null }[];
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && "errors" in error && Array.isArray(error.errors);

/** The files of migrations/, which a program finds beside itself. */
function migrationsOf(folder: string): [path: string, content: Buffer][] {
  const migrations = join(folder, "migrations");
  if (!existsSync(migrations)) return [];
  return readdirSync(migrations).map((name) => {
    if (!name.endsWith(".sql")) {
      throw new UserError(
        `${join(migrations, name)}: an image runs without a TypeScript loader. Write the migration in SQL.`,
      );
    }
    return [`migrations/${name}`, readFileSync(join(migrations, name))];
  });
}

/** The files of a bundle in its image: of root, so that the program cannot change itself. */
export const appEntries = (files: Bundle["files"]): TarEntry[] => [
  // A base has the folder too, and may give it another mode.
  { kind: "folder", path: APP.slice(1) },
  ...[...files].map(([path, content]) => ({ kind: "file", path: join(APP, path).slice(1), content }) as const),
];

/** The digest of its layer. */
async function digestOf(files: Bundle["files"]): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of writeTar(appEntries(files))) hash.update(piece);
  return `sha256:${hash.digest("hex")}`;
}
