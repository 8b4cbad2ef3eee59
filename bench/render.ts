import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Chart } from "cdk8s";
import type { Construct } from "constructs";
import { podTemplate } from "../k8s/constructs/pod-template.ts";
import { Layer } from "../k8s/layer.ts";
import { Deployment } from "../k8s/objects.ts";
import { type RenderedObject, renderObjects } from "../k8s/render.ts";
import { toYaml, writeObjects } from "../k8s/write.ts";
import { format, seconds } from "./timing.ts";

/** Charts of the plain App: its synth resolves the whole App for each of them. */
const OBJECTS_PER_CHART = 10;

/** Our renderer and writer beside serializing the finished objects, which nobody can do without, and beside a plain cdk8s App. */
export async function benchRender(sizes: readonly number[]): Promise<void> {
  console.log("render: Deployments of a page each, wall seconds");
  for (const size of sizes) {
    const own = await inFolder(async (folder) => {
      const app = new App();
      const layer = new Layer(app, "services");
      const build = await seconds(() => {
        addDeployments(layer, size);
      });
      let objects: RenderedObject[] = [];
      const render = await seconds(() => (objects = renderObjects(app)));
      const serialize = await seconds(() => {
        objects.forEach(({ manifest }) => toYaml(manifest));
      });
      const write = await seconds(() => writeObjects(folder, objects));
      const again = await seconds(() => writeObjects(folder, objects));
      return { build, render, serialize, write, again };
    });
    console.log(`  ${size} objects`);
    console.log(`${format(own.build)}  building the constructs`);
    console.log(`${format(own.serialize)}  serializing the finished objects alone`);
    console.log(
      `${format(own.render + own.write)}  rendering and writing them: ${((own.render + own.write) / own.serialize).toFixed(1)} times that (aim: 2)`,
    );
    console.log(`${format(own.render + own.again)}  the same once more, with nothing changed`);
    if (size !== sizes[0]) continue;
    const plain = await inFolder((folder) =>
      seconds(() => {
        synthPlain(folder, size);
      }),
    );
    console.log(
      `${format(plain)}  a plain cdk8s App of ${size / OBJECTS_PER_CHART} charts: ${(plain / (own.build + own.render + own.write)).toFixed(1)} times ours, constructs included`,
    );
  }
}

function synthPlain(outdir: string, size: number): void {
  const app = new App({ outdir });
  for (let index = 0; index < size; index += OBJECTS_PER_CHART)
    addDeployments(new Chart(app, `chart-${index}`), OBJECTS_PER_CHART, index);
  app.synth();
}

function addDeployments(scope: Construct, count: number, from = 0): void {
  for (let index = from; index < from + count; index++) {
    const name = `service-${index}`;
    const template = podTemplate(scope, {
      name,
      image: `registry.example/${name}:v1.0.0`,
      version: "v1.0.0",
      serviceAccount: name,
      placement: { pool: "application", spreadOver: ["kubernetes.io/hostname"] },
      resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "128Mi" } },
      drain: 30,
    });
    const selector = { matchLabels: { "app.kubernetes.io/name": name } };
    new Deployment(scope, name, { metadata: { name, namespace: "application" }, spec: { selector, template } });
  }
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "promptops-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
