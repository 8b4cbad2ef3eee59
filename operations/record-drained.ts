import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { environmentFile } from "../platform/read-environment.ts";

export interface Drained {
  readonly generation: number;
  readonly at: string;
  readonly nodes: readonly string[];
}

/** Writes at a pool which of its generations was drained, when, and which nodes that were. Comments stay. */
export function recordDrained(folder: string, environment: string, pool: string, drained: Drained): void {
  const path = join(folder, environmentFile(environment));
  const document = parseDocument(readFileSync(path, "utf8"));
  document.setIn(["config", "promptops:pools", pool, "drained"], document.createNode(drained));
  // A file that is half written would be no environment.
  writeFileSync(`${path}.new`, document.toString({ lineWidth: 0 }));
  renameSync(`${path}.new`, path);
}
