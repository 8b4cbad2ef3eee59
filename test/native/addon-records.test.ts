import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureRenderers } from "../../addons/recording/programs.ts";

const root = join(import.meta.dirname, "..", "..");
const work = mkdtempSync(join(tmpdir(), "promptops-recorder-"));
const addons = join(work, "addons");
const sources = join(work, "sources");

/** A descriptor like those in addons/, in a folder of its own. */
const descriptor = (source: string, values: string): string => `
import { z } from "zod";
import { defineAddon } from "${root}/platform/addon.ts";
import { Hole } from "${root}/platform/hole.ts";
export const addon = defineAddon({
  name: "NAME",
  licence: "Apache-2.0",
  options: z.strictObject({ memory: z.string().default("1Gi") }),
  delivery: { by: "application", source: ${source}, values: ({ options }) => { void Hole; void options; return (${values}); } },
  namespace: { name: "test", podSecurity: "restricted" },
});
`;

const chartSource = `{ kind: "chart", repository: "https://charts.example.com", chart: "cache", versions: ["1.0.0"] }`;
const folderSource = (kind: string): string =>
  `{ kind: "${kind}", repository: "https://git.example.com/operator", path: "config/install", versions: ["v1"] }`;
const holes = `{ memory: Hole.quantity("memory", options.memory) }`;

const files: Readonly<Record<string, string>> = {
  "addons/cache/addon.ts": descriptor(chartSource, holes).replace("NAME", "cache"),
  "addons/mistyped/addon.ts": descriptor(chartSource, `{ memori: "1Gi" }`).replace("NAME", "mistyped"),
  "addons/operator/addon.ts": descriptor(folderSource("kustomize"), `{ images: ["example.com/operator:2.0"] }`).replace(
    "NAME",
    "operator",
  ),
  "addons/plain/addon.ts": descriptor(folderSource("files"), "{}").replace("NAME", "plain"),
  "sources/cache/Chart.yaml":
    "# A comment that packaging drops.\napiVersion: v2\nversion: 1.0.0\nname: cache\ndependencies:\n" +
    "  - { name: extra, version: 1.0.0, repository: 'https://charts.example.com', condition: extra.enabled }\n",
  "sources/cache/values.yaml": "memory: 1Gi\nextra: { enabled: false }\n",
  "sources/cache/.helmignore": "*.md\n",
  "sources/cache/README.md": "prose",
  "sources/cache/crds/cache.yaml":
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: caches.example.com }\nspec: { group: example.com, scope: Namespaced, names: { kind: Cache, plural: caches }, versions: [{ name: v1, served: true }] }\n",
  "sources/cache/templates/deployment.yaml":
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: {{ .Release.Name }} }\nspec:\n  mode: 0644\n  args: ['--memory={{ .Values.memory }}']\n",
  "sources/cache/templates/tests/test.yaml":
    "apiVersion: v1\nkind: Pod\nmetadata: { name: test, annotations: { helm.sh/hook: test } }\n",
  "sources/operator/config/install/kustomization.yaml": "namespace: test\nresources: [../base]\n",
  "sources/operator/config/base/kustomization.yaml": "resources: [deployment.yaml]\n",
  "sources/operator/config/base/deployment.yaml":
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: operator }\nspec: { template: { spec: { containers: [{ name: operator, image: 'example.com/operator:latest' }] } } }\n",
  "sources/operator/config/unread.yaml": "kind: Nothing\n",
};

const given = [
  ...["cache", "mistyped"].map((name) => `${name}=${join(sources, "cache")}`),
  ...["operator", "plain"].map((name) => `${name}=${join(sources, "operator")}`),
].flatMap((each) => ["--source", each]);

function build(...args: readonly string[]): { status: number | null; output: string } {
  const all = ["tsx", "addons/recording/build.ts", "--addons", addons, ...given, ...args];
  const { status, stdout, stderr } = spawnSync("npx", all, { cwd: root, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read what they know to be there.
const recordOf = (name: string): any => JSON.parse(readFileSync(join(addons, name, "rendered.json"), "utf8"));
const edit = (file: string, change: (text: string) => string): void => {
  writeFileSync(join(work, file), change(readFileSync(join(work, file), "utf8")));
};

beforeAll(async () => {
  await ensureRenderers();
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(work, file)), { recursive: true });
    writeFileSync(join(work, file), content);
  }
  symlinkSync(join(root, "node_modules"), join(work, "node_modules"));
  writeFileSync(join(work, "package.json"), `{ "type": "module" }`);
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

test("a chart is recorded with its definitions and without its tests and its disabled sub-charts, and verified", () => {
  expect(build("cache")).toMatchObject({ status: 0 });
  const { versions } = recordOf("cache");
  expect(versions["1.0.0"].leftOut).toEqual(["extra"]);
  expect(
    versions["1.0.0"].objects.map(
      ({ object }: { object: { kind: string; metadata: { name: string } } }) =>
        `${object.kind} ${object.metadata.name}`,
    ),
  ).toEqual(["CustomResourceDefinition caches.example.com", "Deployment cache"]);
  expect(versions["1.0.0"].objects[1].object).toMatchObject({
    metadata: { namespace: "test" },
    spec: { mode: 420, args: [{ $text: ["--memory=", { $hole: "memory" }] }] },
  });
  expect(build("cache", "--verify")).toEqual({ status: 0, output: "cache: as recorded\n" });
});

test("a packaged chart and its folder have the same digest", async () => {
  const { helm } = await ensureRenderers();
  const copy = join(work, "copy");
  cpSync(join(sources, "cache"), copy, { recursive: true });
  // Helm packages no chart whose sub-charts are missing.
  const extra = join(copy, "charts", "extra");
  mkdirSync(extra, { recursive: true });
  writeFileSync(join(extra, "Chart.yaml"), "apiVersion: v2\nname: extra\nversion: 1.0.0\n");
  execFileSync(helm, ["package", copy, "--destination", work], { stdio: "ignore" });
  const archive = `cache=${join(work, "cache-1.0.0.tgz")}`;
  expect(build("cache", "--verify", "--source", archive)).toEqual({ status: 0, output: "cache: as recorded\n" });
});

test("a changed chart is seen by --verify, and what no record shows is seen by the digest of the source", () => {
  const template = "sources/cache/templates/deployment.yaml";
  edit(template, (text) => text.replace("--memory", "--limit"));
  const changed = build("cache", "--verify");
  expect(changed.status).toBe(1);
  expect(changed.output).toMatch(/^cache 1\.0\.0: source is [0-9a-f]{64}, recorded [0-9a-f]{64}$/m);
  expect(changed.output).toMatch(/apps\/v1 Deployment test cache, field spec\.args\.0$/m);
  edit(template, (text) => text.replace("--limit", "--memory"));
  edit("sources/cache/values.yaml", (text) => `${text}unread: true\n`);
  expect(build("cache", "--verify").output).toMatch(/^cache 1\.0\.0: source is [0-9a-f]{64}, recorded [0-9a-f]{64}\n$/);
  edit("sources/cache/values.yaml", (text) => text.replace("unread: true\n", ""));
  edit("sources/cache/README.md", () => "other prose");
  expect(build("cache", "--verify")).toMatchObject({ status: 0 });
});

test("a value key that the chart does not define, another version and a sub-chart that is missing are refused", () => {
  expect(build("mistyped")).toEqual({
    status: 2,
    output:
      "Add-on 'mistyped' 1.0.0: the chart does not define these value keys:\n  'memori': the nearest is 'memory'\n",
  });
  edit("sources/cache/Chart.yaml", (text) => text.replace("version: 1.0.0\nname", "version: 1.0.1\nname"));
  expect(build("cache").output).toMatch(/is chart 'cache' 1\.0\.1, and the descriptor lists 'cache' 1\.0\.0\./);
  edit("sources/cache/Chart.yaml", (text) => text.replace("version: 1.0.1\nname", "version: 1.0.0\nname"));
  edit("sources/cache/values.yaml", (text) => text.replace("enabled: false", "enabled: true"));
  expect(build("cache")).toMatchObject({
    status: 2,
    output: expect.stringMatching(/its sub-chart 'extra' 1\.0\.0 is enabled and not in charts/),
  });
});

test("a kustomize folder is rendered with the options of the Argo CD source; its digest is of the files that it reads", () => {
  expect(build("operator")).toMatchObject({ status: 0 });
  expect(recordOf("operator").versions.v1.objects[0].object.spec.template.spec.containers[0].image).toBe(
    "example.com/operator:2.0",
  );
  edit("sources/operator/config/unread.yaml", () => "kind: Other\n");
  expect(build("operator", "--verify")).toMatchObject({ status: 0 });
  edit("sources/operator/config/base/deployment.yaml", (text) => `${text}# changed\n`);
  expect(build("operator", "--verify")).toMatchObject({
    status: 1,
    output: expect.stringMatching(/^operator v1: source is /),
  });
});

test("the YAML files of a folder are recorded as they are", () => {
  writeFileSync(
    join(sources, "operator/config/install/kustomization.yaml"),
    "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: plain }\n",
  );
  expect(build("plain")).toMatchObject({ status: 0 });
  expect(recordOf("plain").versions.v1.objects).toEqual([
    { object: { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "plain", namespace: "test" } } },
  ]);
});

test("an add-on that does not exist is refused with those that do", () => {
  expect(build("cach")).toEqual({
    status: 2,
    output: "No add-on with a source is called 'cach'. There are cache, mistyped, operator, plain.\n",
  });
});
