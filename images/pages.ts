import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import { UserError } from "../platform/faults.ts";

/** The pages of a service for a browser. */
export interface Pages {
  /** Content by path below the program's folder, and as brotli under the path with `.br`. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Paths of the modules that they are made of, relative to the project. */
  readonly modules: readonly string[];
}

const FOLDER = "web";
/** Stands for the digest of all files in their names, until they are there. The builder's own digests depend on the folder's path. */
const DIGEST = "__DIGEST__";
const DIGEST_LENGTH = 12;
const COMPRESSED = /\.(js|css|svg)$/;
const compress = promisify(brotliCompress);

/**
 * Builds services/<name>/web with its Vite configuration, without a network. None for a service that has no such folder. The same
 * sources give the same bytes on every machine, and other ones give all files other names. Throws a UserError when they do not compile.
 */
export async function buildPages(project: string, service: string): Promise<Pages> {
  const root = join(project, "services", service, FOLDER);
  if (!existsSync(join(root, "index.html"))) return { files: new Map(), modules: [] };
  // Only a service with pages takes the time to load it.
  const { build } = await import("vite");
  const building = (): ReturnType<typeof build> =>
    build({
      ...{ root, mode: "production", logLevel: "silent" },
      build: {
        write: false,
        rolldownOptions: {
          output: {
            entryFileNames: `assets/[name]-${DIGEST}.js`,
            chunkFileNames: `assets/[name]-${DIGEST}.js`,
            assetFileNames: `assets/[name]-${DIGEST}[extname]`,
          },
        },
      },
      // Paths in the output must not depend on where packages are kept.
      resolve: { preserveSymlinks: true },
    });
  const built = await forProduction(building).catch((error: unknown) => {
    throw new UserError(`${root} cannot be built. ${error instanceof Error ? error.message : String(error)}`);
  });
  const outputs = [built].flat().flatMap((each) => ("output" in each ? each.output : []));
  const files = withDigest(
    outputs.map((each) => [each.fileName, Buffer.from(each.type === "chunk" ? each.code : each.source).toString()]),
  );
  const compressed = await Promise.all(
    files
      .filter(([name]) => COMPRESSED.test(name))
      .map(async ([name, content]) => [`${name}.br`, await compress(content)] as const),
  );
  return {
    files: new Map([...files, ...compressed].map(([name, content]) => [`${FOLDER}/${name}`, content])),
    modules: outputs
      .flatMap((each) => (each.type === "chunk" ? each.moduleIds : []))
      .map((id) => relative(project, id)),
  };
}

/** Files, all of which are text, with the digest of all of them in place of `DIGEST`, sorted by name. */
function withDigest(files: readonly (readonly [name: string, content: string])[]): (readonly [string, Buffer])[] {
  const sorted = files.toSorted(([one], [other]) => (one < other ? -1 : 1));
  const digest = createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, DIGEST_LENGTH);
  const filledIn = (text: string): string => text.replaceAll(DIGEST, digest);
  return sorted.map(([name, content]) => [filledIn(name), Buffer.from(filledIn(content))]);
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Builds for production. Vite takes NODE_ENV for it, if it is set, and with another value than `production` the files are those for
 * development, with the paths of this machine. One build at a time: the variable is the process's.
 */
function forProduction<Built>(build: () => Promise<Built>): Promise<Built> {
  const built = last.then(async () => {
    const { NODE_ENV: before } = process.env;
    process.env["NODE_ENV"] = "production";
    try {
      return await build();
    } finally {
      if (before === undefined) delete process.env["NODE_ENV"];
      else process.env["NODE_ENV"] = before;
    }
  });
  last = built.catch(() => undefined);
  return built;
}
