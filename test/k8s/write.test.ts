import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Chart } from "cdk8s";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Layer } from "../../k8s/layer.ts";
import { ConfigMap } from "../../k8s/objects.ts";
import { type RenderedObject, renderObjects } from "../../k8s/render.ts";
import { toYaml, writeObjects } from "../../k8s/write.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-write-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const object = (name: string, data: Record<string, string> = {}): RenderedObject => ({
  folder: "50-services",
  manifest: { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "n" }, data },
});
const files = (): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith(".yaml"))
    .toSorted();

describe("the writer", () => {
  test("writes one object a file, named by kind, namespace and name", async () => {
    expect(await writeObjects(folder, [object("a"), object("b")])).toEqual({ files: 2, changed: 2, removed: 0 });
    expect(files()).toEqual(["50-services/configmap.n.a.yaml", "50-services/configmap.n.b.yaml"]);
    expect(parse(readFileSync(join(folder, files()[0] ?? ""), "utf8"))).toEqual(object("a").manifest);
  });

  test("leaves a file alone that would not change", async () => {
    await writeObjects(folder, [object("a"), object("b")]);
    const before = statSync(join(folder, "50-services/configmap.n.a.yaml")).mtimeMs;
    expect(await writeObjects(folder, [object("a"), object("b", { key: "new" })])).toEqual({
      files: 2,
      changed: 1,
      removed: 0,
    });
    expect(statSync(join(folder, "50-services/configmap.n.a.yaml")).mtimeMs).toBe(before);
  });

  test("removes manifests that no object accounts for, and nothing else", async () => {
    await writeObjects(folder, [object("a"), object("b")]);
    writeFileSync(join(folder, "plan.json"), "{}");
    writeFileSync(join(folder, "kind.yaml"), "kind: Cluster");
    expect(await writeObjects(folder, [object("b")])).toEqual({ files: 1, changed: 0, removed: 1 });
    expect(files()).toEqual(["50-services/configmap.n.b.yaml", "kind.yaml"]);
    expect(readdirSync(folder)).toContain("plan.json");
  });

  test("writes text that YAML 1.1 reads as text", () => {
    const words = { yes: "no", on: "off", number: "012", octal: "0o17", sexagesimal: "1:30", empty: "", tilde: "~" };
    const text = toYaml(object("a", words).manifest);
    expect(parse(text, { version: "1.1" })).toEqual(object("a", words).manifest);
  });

  test("writes what is shared in memory out in full: an alias would be a surprise in a diff", () => {
    const shared = { a: "1" };
    expect(toYaml({ one: shared, other: shared })).not.toMatch(/[&*]/);
  });
});

describe("the renderer", () => {
  test("orders objects by layer, kind, namespace and name, whatever order they were made in", () => {
    const app = new App();
    const [services, stores] = [new Layer(app, "services"), new Layer(app, "stores")];
    for (const [layer, name] of [
      [services, "b"],
      [stores, "z"],
      [services, "a"],
    ] as const) {
      new ConfigMap(layer, name, { metadata: { name, namespace: "n" } });
    }
    expect(renderObjects(app).map(({ folder: where, manifest }) => `${where} ${manifest.metadata.name}`)).toEqual([
      "10-stores z",
      "50-services a",
      "50-services b",
    ]);
  });

  test("refuses an object that is declared twice", () => {
    const app = new App();
    const layer = new Layer(app, "services");
    for (const id of ["one", "two"]) new ConfigMap(layer, id, { metadata: { name: "same", namespace: "n" } });
    expect(() => renderObjects(app)).toThrow("Some objects are declared twice:\n  50-services/configmap.n.same.yaml");
  });

  test("refuses an object that stands in no layer", () => {
    const app = new App();
    new ConfigMap(new Chart(app, "chart"), "lost", { metadata: { name: "lost" } });
    expect(() => renderObjects(app)).toThrow("chart/lost: an object must stand in a Layer");
  });

  test("collects what constructs find wrong with the whole tree", () => {
    const app = new App();
    const layer = new Layer(app, "services");
    layer.node.addValidation({ validate: () => ["services: two of a kind"] });
    app.node.addValidation({ validate: () => ["app: too empty"] });
    expect(() => renderObjects(app)).toThrow("The objects are not sound:\n  app: too empty\n  services: two of a kind");
  });
});
