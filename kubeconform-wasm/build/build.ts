/**
 * Builds what kubeconform-wasm ships: the binaries from `source/` (needs Go), the built-in kinds' schemas from the Go module
 * k8s.io/kubernetes at the version of `source/apiserver/go.mod`, the custom kinds' definitions and schemas from k8s/crds.
 *
 * Usage: npm run build:kubeconform [-- --check]     With --check nothing is written: exits 1 when a file would change.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { parse } from "yaml";
import { builtInSchemas, type CustomResourceDefinition, customSchemas, type Schema } from "./json-schema.ts";

const root = join(import.meta.dirname, "..");
const crds = join(root, "..", "k8s", "crds");
const { check } = parseArgs({ options: { check: { type: "boolean", default: false } } }).values;

function buildBinary(source: string, package_: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "kubeconform-wasm-"));
  try {
    const output = join(folder, "reactor.wasm");
    const flags = ["-trimpath", "-buildvcs=false", "-buildmode=c-shared", "-ldflags=-s -w"];
    const env = { ...process.env, GOOS: "wasip1", GOARCH: "wasm" };
    execFileSync("go", ["build", ...flags, "-o", output, package_], { cwd: join(root, source), env, stdio: "inherit" });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function kubernetesSchemas(): Buffer {
  const answer = execFileSync("go", ["list", "-m", "-json", "k8s.io/kubernetes"], {
    cwd: join(root, "source", "apiserver"),
    encoding: "utf8",
  });
  const { Dir } = JSON.parse(answer) as { Dir: string };
  const swagger = readFileSync(join(Dir, "api", "openapi-spec", "swagger.json"), "utf8");
  return encode(builtInSchemas(JSON.parse(swagger) as { definitions: Record<string, Schema> }));
}

function definitions(): CustomResourceDefinition[] {
  const files = readdirSync(crds).filter((file) => file.endsWith(".yaml"));
  return files.map((file) => parse(readFileSync(join(crds, file), "utf8")) as CustomResourceDefinition);
}

const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Compared before compression: brotli's output may differ between Node versions, what it holds may not. */
function isCurrent(path: string, content: Buffer): boolean {
  try {
    return brotliDecompressSync(readFileSync(path)).equals(content);
  } catch {
    return false;
  }
}

const parameters = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
const products = {
  "kubeconform.wasm.br": () => buildBinary("source", "."),
  "apiserver.wasm.br": () => buildBinary("source/apiserver", "./builtin"),
  "apiserver-custom.wasm.br": () => buildBinary("source/apiserver", "./custom"),
  "schemas/kubernetes.json.br": kubernetesSchemas,
  "schemas/custom.json.br": () => encode(customSchemas(definitions())),
  "schemas/definitions.json.br": () => encode(definitions()),
};
for (const [file, build] of Object.entries(products)) {
  const path = join(root, file);
  const content = build();
  const current = isCurrent(path, content);
  console.log(
    `${current ? "current" : check ? "STALE  " : "written"}  kubeconform-wasm/${file} (${content.length} bytes)`,
  );
  if (current) continue;
  if (check) process.exitCode = 1;
  else writeFileSync(path, brotliCompressSync(content, { params: parameters }));
}
