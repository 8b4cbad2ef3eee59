#!/usr/bin/env node
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`promptops needs Node 20.19 or later; this is ${process.versions.node}.`);
  process.exit(2);
}

// Node 22 and later keep the compiled code of modules; the providers are megabytes.
module.enableCompileCache?.();

// Who reads our output may have seen enough: `promptops diff ... | head`.
process.stdout.on("error", (error) => {
  if (error.code === "EPIPE") process.exit(0);
  console.error(`The output cannot be written (${error.code}). Name another file, or make room, and repeat.`);
  process.exit(2);
});

// The package that is published has compiled files instead of the sources.
const sources = existsSync(new URL("./main.ts", import.meta.url));
const { main } = await (sources ? importMain() : import("../lib/cli/main.js"));
process.exitCode = await main(process.argv.slice(2), process.cwd());

async function importMain() {
  const { importSources } = await import("./import-sources.js");
  try {
    return await importSources("./main.ts");
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND" || !error.message.includes("'jiti'")) throw error;
    const folder = fileURLToPath(new URL("..", import.meta.url));
    console.error(`The packages of ${folder} are not installed. Run 'npm ci' there, and repeat.`);
    process.exit(2);
  }
}
