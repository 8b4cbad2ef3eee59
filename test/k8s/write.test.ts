import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ApiObject, App, Chart } from "cdk8s";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Layer } from "../../k8s/layer.ts";
import { ConfigMap } from "../../k8s/objects.ts";
import { type RenderedObject, renderObjects, WAVE } from "../../k8s/render.ts";
import { toYaml, writeObjects } from "../../k8s/write.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-write-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const object = (name: string, data: Record<string, string> = {}): RenderedObject => ({
  path: `50-services/configmap.n.${name}.yaml`,
  manifest: {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "n", annotations: { [WAVE]: "50" } },
    data,
  },
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

  test("removes manifests that no object accounts for, and folders that are empty then", async () => {
    const alert = { ...object("c"), path: "65-alerts/configmap.n.c.yaml" };
    alert.manifest = { ...alert.manifest, metadata: { ...alert.manifest.metadata, annotations: { [WAVE]: "65" } } };
    await writeObjects(folder, [object("a"), object("b"), alert]);
    expect(await writeObjects(folder, [object("b")])).toEqual({ files: 1, changed: 0, removed: 2 });
    expect(readdirSync(folder, { recursive: true }).toSorted()).toEqual([
      "50-services",
      "50-services/configmap.n.b.yaml",
    ]);
  });

  test.each<[string, string, string]>([
    ["a file that is no manifest", "plan.json", "{}"],
    ["a file beside the layers", "kind.yaml", "kind: Cluster"],
    ["a manifest beside the layers", "configmap.n.a.yaml", toYaml(object("a").manifest)],
    ["a file in a layer that is no manifest", "50-services/README.md", "# Services"],
    ["YAML that does not parse", "50-services/configmap.n.z.yaml", "a: ["],
    ["another object than its name says", "50-services/configmap.n.z.yaml", toYaml(object("y").manifest)],
    ["an object of another wave", "60-edge/configmap.n.z.yaml", toYaml(object("z").manifest)],
  ])("refuses a folder that holds %s, and leaves it as it is", async (_, path, text) => {
    await writeObjects(folder, [object("a"), object("b")]);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    await expect(writeObjects(folder, [object("b"), object("c")])).rejects.toThrow(
      `${folder} holds files that promptops did not write:\n  ${path}\n`,
    );
    expect(files().filter((each) => each !== path)).toEqual([
      "50-services/configmap.n.a.yaml",
      "50-services/configmap.n.b.yaml",
    ]);
    expect(readFileSync(join(folder, path), "utf8")).toBe(text);
  });

  test("refuses a file in place of a folder", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await expect(writeObjects(file, [object("a")])).rejects.toThrow(`${file} is not a folder. Name one.`);
  });

  test("writes into a working tree of Git, whose own files it leaves alone", async () => {
    mkdirSync(join(folder, ".git"));
    writeFileSync(join(folder, ".git", "HEAD"), "ref: refs/heads/main");
    expect(await writeObjects(folder, [object("a")])).toMatchObject({ removed: 0 });
    expect(readFileSync(join(folder, ".git", "HEAD"), "utf8")).toBe("ref: refs/heads/main");
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
    expect(renderObjects(app).map(({ path }) => path)).toEqual([
      "10-stores/configmap.n.z.yaml",
      "50-services/configmap.n.a.yaml",
      "50-services/configmap.n.b.yaml",
    ]);
  });

  test("refuses an object that is declared twice, also in two layers, and names both constructs", () => {
    const app = new App();
    for (const layer of [new Layer(app, "services"), new Layer(app, "stores")])
      new ConfigMap(layer, "one", { metadata: { name: "same", namespace: "n" } });
    expect(() => renderObjects(app)).toThrow(
      "Some objects are declared twice:\n  ConfigMap n/same: services/one and stores/one",
    );
  });

  test("tells kinds of one name apart by their group, and their files too", async () => {
    const app = new App();
    const layer = new Layer(app, "services");
    for (const apiVersion of ["v1", "serving.knative.dev/v1"])
      new ApiObject(layer, apiVersion, { apiVersion, kind: "Service", metadata: { name: "s", namespace: "n" } });
    const objects = renderObjects(app);
    expect(objects.map(({ path }) => path)).toEqual([
      "50-services/service.n.s.yaml",
      "50-services/service.serving.knative.dev.n.s.yaml",
    ]);
    await writeObjects(folder, objects);
    expect(await writeObjects(folder, [])).toMatchObject({ removed: 2 });
  });

  test("takes two versions of one group for the same object", () => {
    const app = new App();
    const layer = new Layer(app, "services");
    for (const apiVersion of ["autoscaling/v1", "autoscaling/v2"])
      new ApiObject(layer, apiVersion, { apiVersion, kind: "HorizontalPodAutoscaler", metadata: { name: "s" } });
    expect(() => renderObjects(app)).toThrow("HorizontalPodAutoscaler.autoscaling s: services/");
  });

  test("refuses an object that stands in no layer", () => {
    const app = new App();
    new ConfigMap(new Chart(app, "chart"), "lost", { metadata: { name: "lost" } });
    expect(() => renderObjects(app)).toThrow("chart/lost: an object must be in a Layer");
  });

  test("collects what constructs find wrong with the whole tree", () => {
    const app = new App();
    const layer = new Layer(app, "services");
    layer.node.addValidation({ validate: () => ["services: two of a kind"] });
    app.node.addValidation({ validate: () => ["app: too empty"] });
    expect(() => renderObjects(app)).toThrow("The objects are not valid:\n  app: too empty\n  services: two of a kind");
  });
});
