import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Validator } from "kubeconform-wasm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { startValidator } from "../../plan/validate-objects.ts";
import { loadAddonObjects } from "../../k8s/addon-objects.ts";
import { buildApp } from "../../k8s/app.ts";
import { type RenderedObject, renderObjects } from "../../k8s/render.ts";
import { descriptors, environment, environmentNames, root } from "../environments.ts";

/** The parts of the project that `cdk8s synth` reads, with an output folder of their own. */
let folder: string;
let validator: Validator;
beforeAll(async () => {
  validator = await startValidator();
  folder = mkdtempSync(join(tmpdir(), "promptops-synth-"));
  for (const part of [
    "addons",
    "k8s",
    "platform",
    "services",
    "tools",
    "local",
    "package.json",
    "tsconfig.json",
    "cdk8s.yaml",
    "Pulumi.yaml",
  ])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  for (const name of environmentNames) cpSync(join(root, `Pulumi.${name}.yaml`), join(folder, `Pulumi.${name}.yaml`));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function synth(args: readonly string[] = [], selected?: string): Promise<Result> {
  const env = { ...process.env, ...(selected !== undefined && { PROMPTOPS_ENVIRONMENT: selected }) };
  const cli = join(root, "node_modules/cdk8s-cli/bin/cdk8s");
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [cli, "synth", "--check-upgrade=false", ...args],
      { cwd: folder, env },
      (error, out, err) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
      },
    );
  });
}

const addonObjects = await loadAddonObjects(descriptors);
const objectsOf = (name: string): RenderedObject[] =>
  renderObjects(buildApp(environment(name), descriptors, addonObjects));

const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .toSorted();

describe("cdk8s synth", () => {
  beforeAll(async () => {
    mkdirSync(join(folder, "dist/production/manifests"), { recursive: true });
    writeFileSync(join(folder, "dist/production/plan.json"), "{}");
    const { code, err } = await synth();
    expect(code, err).toBe(0);
  });

  test.each(environmentNames)("writes the objects of %s, one per file, and each keeps its schema", (name) => {
    const output = join(folder, "dist/cdk8s.out", name);
    const objects = objectsOf(name);
    expect(filesIn(output)).toEqual(objects.map(({ path }) => path).toSorted());
    const texts = objects.map(({ path }) => readFileSync(join(output, path), "utf8"));
    for (const [index, text] of texts.entries()) {
      const documents = parseAllDocuments(text, { version: "1.1" });
      expect(documents.map((document) => document.toJS())).toEqual([objects[index]?.manifest]);
    }
    const verdicts = validator.validate(texts.join("---\n"));
    expect(verdicts.map(({ status, messages }) => [status, messages])).toEqual(objects.map(() => ["valid", []]));
  });

  test("leaves alone what promptops plan wrote", () => {
    expect(readFileSync(join(folder, "dist/production/plan.json"), "utf8")).toBe("{}");
  });

  test("writes one environment into the folder that --output names", async () => {
    const { code, err } = await synth(["--output", "rendered"], "development");
    expect(code, err).toBe(0);
    const objects = objectsOf("development");
    expect(filesIn(join(folder, "rendered"))).toEqual(objects.map(({ path }) => path).toSorted());
  });

  test("prints one environment with --stdout as a stream of documents, in order of layer", async () => {
    const { code, out, err } = await synth(["--stdout"], "production");
    expect([code, err]).toEqual([0, ""]);
    const objects = objectsOf("production");
    const documents = parseAllDocuments(out, { version: "1.1" }) as { toJS(): unknown }[];
    expect(documents.map((document) => document.toJS())).toEqual(objects.map(({ manifest }) => manifest));
  });

  test("does not print the objects of several environments into one stream", async () => {
    const { code, out, err } = await synth(["--stdout"]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /^--stdout prints the objects of one environment\. Set PROMPTOPS_ENVIRONMENT to one of development, /,
    );
  });

  test("refuses an environment that is not there", async () => {
    const { code, err } = await synth([], "moon");
    expect(code).toBe(1);
    expect(err).toMatch(/^Pulumi\.moon\.yaml has 1 fault:/);
  });
});

/** A plug-in as cdk8s' users write them: it refuses Namespaces called `application`. */
const plugin = `exports.NoApplication = class {
  async validate(context) {
    let seen = 0;
    for (const manifest of context.manifests) for (const { kind, metadata } of context.parseManifest(manifest)) {
      seen += 1;
      if (kind === "Namespace" && metadata.name === "application") context.report.addViolation({
        ruleName: "no-application", recommendation: "none", fix: "none",
        violatingResources: [{ resourceName: metadata.name, locations: [], manifestPath: manifest }],
      });
    }
    context.report.submit("failure", { seen: String(seen) });
  }
};`;

test("cdk8s synth runs the validations of cdk8s.yaml on every object, and they see constructs", async () => {
  mkdirSync(join(folder, "plugin"));
  writeFileSync(join(folder, "plugin/package.json"), '{ "type": "commonjs" }');
  writeFileSync(join(folder, "plugin/index.js"), plugin);
  const config = readFileSync(join(root, "cdk8s.yaml"), "utf8");
  const validations = "validations:\n  - { package: ./plugin, version: 0.0.0, class: NoApplication }\n";
  writeFileSync(join(folder, "cdk8s.yaml"), config + validations);
  const { code, out } = await synth(["--output", "validated"], "production");
  expect(code).toBe(2);
  const objects = objectsOf("production");
  expect(out).toMatch(new RegExp(`seen\\s+│ ${objects.length} `));
  expect(out).toMatch(
    /no-application[\s\S]*Construct Path: namespaces\/\S+\n +- Manifest Path: validated\/00-namespaces\/namespace\.application\.yaml/,
  );
});
