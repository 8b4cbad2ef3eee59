import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Imports a module of this folder: its source, or the compiled file that the published package has instead.
 * @param {string} name - without extension
 */
export async function importModule(name) {
  const source = new URL(`./${name}.ts`, import.meta.url);
  return existsSync(source) ? importSource(fileURLToPath(source)) : import(`../lib/cli/${name}.js`);
}

/** jiti compiles in this thread and keeps the result; with a loader in a thread of its own, modules load three times as long. */
async function importSource(file) {
  const { createJiti } = await import("jiti").catch((error) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    const folder = fileURLToPath(new URL("..", import.meta.url));
    console.error(`The packages of ${folder} are not installed. Run 'npm ci' there, and repeat.`);
    process.exit(2);
  });
  // Not where jiti keeps it by default: other users may write to the system's temporary folder.
  const fsCache = fileURLToPath(new URL("../node_modules/.cache/jiti", import.meta.url));
  return createJiti(import.meta.url, { fsCache, interopDefault: false }).import(file);
}
