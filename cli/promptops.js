#!/usr/bin/env node
import module from "node:module";
import { importModule } from "./sources.js";

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

const { main } = await importModule("main");
process.exitCode = await main(process.argv.slice(2), process.cwd());
