/**
 * Writes k8s/imports, the typed constructs of the kinds in k8s/crds, with `cdk8s import`.
 *
 * Usage: npm run build:imports
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const definitions = join(import.meta.dirname, "..");
const imports = join(definitions, "..", "imports");

/** Typed in k8s/constructs/rollout.ts: their pod templates are Kubernetes' own. */
const typedByHand = ["argoproj.io_rollouts.yaml", "argoproj.io_analysistemplates.yaml"];
const files = readdirSync(definitions).filter((file) => file.endsWith(".yaml") && !typedByHand.includes(file));
const folder = mkdtempSync(join(tmpdir(), "promptops-imports-"));
try {
  // One file for all: `cdk8s import` writes a module a group, and a second call would overwrite the first one's.
  const all = join(folder, "definitions.yaml");
  writeFileSync(all, files.map((file) => readFileSync(join(definitions, file), "utf8")).join("\n---\n"));
  rmSync(imports, { recursive: true, force: true });
  const options = ["--no-check-upgrade", "--no-save", "--language", "typescript", "--output", imports];
  execFileSync("npx", ["cdk8s", "import", all, ...options], { stdio: "inherit" });
} finally {
  rmSync(folder, { recursive: true });
}

for (const file of readdirSync(imports)) {
  const path = join(imports, file);
  const written = readFileSync(path, "utf8");
  // Under `verbatimModuleSyntax` a type has to be imported as one.
  writeFileSync(
    path,
    written.replace("ApiObjectMetadata, GroupVersionKind", "type ApiObjectMetadata, type GroupVersionKind"),
  );
}
