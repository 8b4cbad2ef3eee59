/** Compiles what package.json exports into `lib`, with the data that it reads. Usage: npm run build:library */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const RECORD = "rendered.json";

rmSync(join(root, "lib"), { recursive: true, force: true });
execFileSync(process.execPath, [compiler, "--project", join(root, "tsconfig.lib.json")], { stdio: "inherit" });
for (const name of readdirSync(join(root, "addons"))) {
  const record = join("addons", name, RECORD);
  if (existsSync(join(root, record))) copyFileSync(join(root, record), join(root, "lib", record));
}
