/**
 * Builds what kubeconform-wasm ships: the binary from `source/` (needs Go), the built-in kinds' schemas from the Go
 * module k8s.io/kubernetes, the custom kinds' schemas from k8s/crds.
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

/** The newest served patch of the minor in platform/catalogue/kubernetes.ts. */
const KUBERNETES = "v1.35.4";

const root = join(import.meta.dirname, "..");
const crds = join(root, "..", "k8s", "crds");
const { check } = parseArgs({ options: { check: { type: "boolean", default: false } } }).values;

function buildBinary(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "kubeconform-wasm-"));
  try {
    const output = join(folder, "kubeconform.wasm");
    const flags = ["-trimpath", "-buildvcs=false", "-buildmode=c-shared", "-ldflags=-s -w"];
    const env = { ...process.env, GOOS: "wasip1", GOARCH: "wasm" };
    execFileSync("go", ["build", ...flags, "-o", output, "."], { cwd: join(root, "source"), env, stdio: "inherit" });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function kubernetesSchemas(): Buffer {
  const answer = execFileSync("go", ["mod", "download", "-json", `k8s.io/kubernetes@${KUBERNETES}`], {
    cwd: join(root, "source"),
    encoding: "utf8",
  });
  const { Dir } = JSON.parse(answer) as { Dir: string };
  const swagger = readFileSync(join(Dir, "api", "openapi-spec", "swagger.json"), "utf8");
  return encode(builtInSchemas(JSON.parse(swagger) as { definitions: Record<string, Schema> }));
}

function customKinds(): Buffer {
  const files = readdirSync(crds).filter((file) => file.endsWith(".yaml"));
  const definitions = files.map((file) => parse(readFileSync(join(crds, file), "utf8")) as CustomResourceDefinition);
  return encode(customSchemas(definitions));
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
  "kubeconform.wasm.br": buildBinary,
  "schemas/kubernetes.json.br": kubernetesSchemas,
  "schemas/custom.json.br": customKinds,
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
