import { App } from "cdk8s";
import { Layer } from "../../k8s/layer.ts";
import { type Manifest, renderObjects } from "../../k8s/render.ts";
import { startValidator } from "../../plan/validate-objects.ts";
import type { Editable } from "../plans.ts";

/** Renders what a test puts into one layer of an App of its own. */
export function render(build: (layer: Layer) => void): Manifest[] {
  const app = new App();
  build(new Layer(app, "services"));
  return renderObjects(app).map(({ manifest }) => manifest);
}

/** The one object of a kind (and name). */
export function pick(manifests: readonly unknown[], kind: string, name?: string): Editable {
  const all = manifests as readonly Manifest[];
  const [found, ...others] = all.filter(
    (each) => each.kind === kind && (name === undefined || each.metadata.name === name),
  );
  if (!found || others.length > 0)
    throw new Error(`${found ? others.length + 1 : 0} objects are ${kind} ${name ?? ""}`);
  return found;
}

/** What the schemas of Kubernetes and of custom kinds find wrong with some objects. */
export async function schemaFaults(manifests: readonly Manifest[]): Promise<string[]> {
  const validator = await startValidator();
  const verdicts = validator.validate(manifests.map((manifest) => JSON.stringify(manifest)).join("\n---\n"));
  if (verdicts.length !== manifests.length) throw new Error(`${verdicts.length} of ${manifests.length} were judged`);
  return verdicts.flatMap(({ status, messages }) => (status === "valid" ? [] : messages));
}
