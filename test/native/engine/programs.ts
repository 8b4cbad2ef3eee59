import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Puts a program of Node.js on the PATH, in the engine's home. Closing the engine restores the PATH. */
export function installProgram(home: string, name: string, main: string): void {
  const folder = join(home, "bin");
  const file = join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `#!/bin/sh\nexec node ${main} "$@"\n`);
  chmodSync(file, 0o755);
  process.env["PATH"] = `${folder}${delimiter}${process.env["PATH"] ?? ""}`;
}
