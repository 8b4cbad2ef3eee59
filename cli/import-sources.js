import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Imports a source file. jiti compiles in this thread and keeps the result; with a loader in a thread of its own, modules load three times as long. */
export async function importSources(file) {
  // With `require`, Node.js reads a package of CommonJS once.
  const { createJiti } = createRequire(import.meta.url)("jiti");
  // Not where jiti keeps it by default: other users may write to the system's temporary folder.
  const fsCache = fileURLToPath(new URL("../node_modules/.cache/jiti", import.meta.url));
  return createJiti(import.meta.url, { fsCache, interopDefault: false }).import(file);
}
