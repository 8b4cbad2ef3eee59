import { type App, ApiObject } from "cdk8s";
import { UserError } from "../platform/faults.ts";
import { Layer } from "./layer.ts";

/** A Kubernetes object as it is applied, and the folder of its layer. */
export interface RenderedObject {
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

export const WAVE = "argocd.argoproj.io/sync-wave";

/**
 * Renders every object of an App once, in order of layer, kind, namespace and name. `Chart.toJson` and `App.synth` resolve
 * the whole App for each of its charts, which is quadratic; this walks it once. Throws when a construct's validation
 * fails, or when two objects are the same one.
 */
export function renderObjects(app: App): RenderedObject[] {
  const constructs = app.node.findAll();
  const invalid = constructs.flatMap((construct) => construct.node.validate());
  if (invalid.length > 0) throw new UserError(["The objects are not sound:", ...invalid].join("\n  "));
  const rendered = constructs.filter((construct) => ApiObject.isApiObject(construct)).map(renderObject);
  const sorted = rendered.map((object) => ({ key: pathOf(object), object })).toSorted(byKey);
  const twice = sorted.filter(({ key }, index) => key === sorted[index - 1]?.key).map(({ key }) => key);
  if (twice.length > 0) throw new UserError(["Some objects are declared twice:", ...twice].join("\n  "));
  return sorted.map(({ object }) => object);
}

const byKey = (one: { key: string }, other: { key: string }): number => (one.key < other.key ? -1 : 1);

function renderObject(object: ApiObject): RenderedObject {
  const layer = object.node.scopes.find((scope) => Layer.isLayer(scope));
  if (!layer) throw new Error(`${object.node.path}: an object must stand in a Layer, which says when it is applied.`);
  object.metadata.addAnnotation(WAVE, String(layer.wave));
  return { folder: layer.folder, manifest: object.toJson() as Manifest };
}

/** Where an object is written, relative to the environment's folder: unique for what Kubernetes holds apart. */
export function pathOf({ folder, manifest }: RenderedObject): string {
  const { kind, metadata } = manifest;
  return `${folder}/${[kind.toLowerCase(), metadata.namespace, metadata.name].filter(Boolean).join(".")}.yaml`;
}
