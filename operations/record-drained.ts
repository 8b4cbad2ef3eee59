import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { environmentFile } from "../platform/read-environment.ts";

export interface Drained {
  readonly at: string;
  readonly nodes: readonly string[];
}

/** Writes under `retiring` of a pool when its nodes were drained and which they were. Comments stay. */
export function recordDrained(folder: string, environment: string, pool: string, { at, nodes }: Drained): void {
  const path = join(folder, environmentFile(environment));
  const document = parseDocument(readFileSync(path, "utf8"));
  document.setIn(["config", "promptops:pools", pool, "retiring", "drained"], document.createNode({ at, nodes }));
  // A file that is half written would be no environment.
  writeFileSync(`${path}.new`, document.toString({ lineWidth: 0 }));
  renameSync(`${path}.new`, path);
}
