import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { App } from "cdk8s";
import { renderObjects } from "../../k8s/render.ts";
import { proofs } from "../../proofs/index.ts";
import { checkGraph } from "../../services/shared/workflows/check-graph.ts";
import { graphSchema } from "../../services/shared/workflows/graph.ts";
import { root } from "../environments.ts";

let folder = "";
beforeEach(() => {
  // Inside of the project, for the packages that an example imports.
  mkdirSync(join(root, "dist"), { recursive: true });
  folder = mkdtempSync(join(root, "dist", "docs-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the first TypeScript example of a page, with the sources of what it imports. */
async function runExample(page: string, exported: string): Promise<unknown> {
  const text = readFileSync(join(root, "docs", page), "utf8");
  const [, example = ""] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
  const source = example
    .replaceAll(/"(?:\.\.\/)+((?:platform|k8s)\/[^"]+)"/g, (_, path: string) => JSON.stringify(join(root, path)))
    .replaceAll(/"promptops\/(\w+)"/g, (_, entry: string) => JSON.stringify(join(root, "library", `${entry}.ts`)));
  const file = join(folder, "example.ts");
  writeFileSync(file, `${source}\nexport { ${exported} as result };\n`);
  return ((await import(pathToFileURL(file).href)) as { result: unknown }).result;
}

describe("the example", () => {
  test("of a workflow is one that the API takes", () => {
    const page = readFileSync(join(root, "docs/workflows.md"), "utf8");
    const { graph } = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "") as { graph: unknown };
    expect(checkGraph(graphSchema.parse(graph))).toEqual([]);
  });

  test("of a service describes one", async () => {
    expect(await runExample("services.md", "reports")).toMatchObject({ name: "reports", exposed: { host: "reports" } });
  });

  test("of a construct renders what it says", async () => {
    const app = await runExample("constructs.md", "app");
    const objects = renderObjects(app as App);
    const deployment = objects.find(({ manifest }) => manifest.kind === "Deployment");
    expect(deployment?.path).toBe("52-web/deployment.application.web.yaml");
    expect(deployment?.manifest.metadata.annotations).toMatchObject({ "example.org/team": "web" });
    expect(deployment?.manifest["spec"]).toMatchObject({
      template: {
        metadata: { labels: { team: "web" } },
        spec: { initContainers: [{ name: "proxy", restartPolicy: "Always" }] },
      },
    });
  });
});

test("every public construct and every entry of the package is documented", async () => {
  const page = readFileSync(join(root, "docs", "constructs.md"), "utf8");
  const exported = Object.entries(await import("../../library/constructs.ts"));
  const names = exported.flatMap(([name, value]) => (typeof value === "function" && /^[A-Z]/.test(name) ? [name] : []));
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) expect(page).toMatch(new RegExp(`\`${name}\``));
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: object };
  for (const entry of Object.keys(exports).filter((each) => each !== "./package.json"))
    expect(page).toContain(`\`promptops${entry.slice(1).replace("*", "<group>")}\``);
});

test("every proof has its page and its line", () => {
  const index = readFileSync(join(root, "docs", "proofs", "README.md"), "utf8");
  for (const { name, claim } of proofs) {
    expect(index).toContain(`(${name}.md)`);
    expect(readFileSync(join(root, "docs", "proofs", `${name}.md`), "utf8")).toContain(`# ${name}\n\n**${claim}**`);
  }
});

test("every key of an environment is documented", async () => {
  const { cloudKeys, sharedKeys } = await import("../../platform/environment.ts");
  const keys = [sharedKeys, ...Object.values(cloudKeys)].flatMap((some) => Object.keys(some));
  const page = readFileSync(join(root, "docs", "environments.md"), "utf8");
  for (const key of [...new Set(keys), "addons"]) expect(page).toMatch(new RegExp(`\`${key}[\`.]`));
});

test("every error of the API is documented with its status and title", async () => {
  const { errors } = await import("../../services/api/errors.ts");
  const page = readFileSync(join(root, "docs", "api.md"), "utf8");
  for (const [code, { status, title }] of Object.entries(errors)) {
    expect(page).toContain(`| \`${code}\` | ${status} | ${title} |`);
  }
});

test("nothing that is run by the README is missing from package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const text = ["README.md", "CONTRIBUTING.md"].map((file) => readFileSync(join(root, file), "utf8")).join("\n");
  for (const [, name = ""] of text.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(name);
});
