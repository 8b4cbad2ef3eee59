import { type App, ApiObject } from "cdk8s";
import { UserError } from "../platform/faults.ts";
import { Layer } from "./layer.ts";

/** A Kubernetes object as it is applied, and the file that holds it. */
export interface RenderedObject {
  /** Relative to the folder of an environment's manifests: `50-services/service.application.api.yaml`. */
  readonly path: string;
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
 * fails, or when an object is declared twice.
 */
export function renderObjects(app: App): RenderedObject[] {
  const constructs = app.node.findAll();
  const invalid = constructs.flatMap((construct) => construct.node.validate());
  if (invalid.length > 0) throw new UserError(["The objects are not sound:", ...invalid].join("\n  "));
  const sorted = constructs
    .filter((construct) => ApiObject.isApiObject(construct))
    .map(renderObject)
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const twice = sorted.filter(({ path }, index) => path === sorted[index - 1]?.path).map(({ path }) => path);
  if (twice.length > 0) throw new UserError(["Some objects are declared twice:", ...twice].join("\n  "));
  return sorted;
}

function renderObject(object: ApiObject): RenderedObject {
  const layer = object.node.scopes.find((scope) => Layer.isLayer(scope));
  if (!layer) throw new Error(`${object.node.path}: an object must stand in a Layer, which says when it is applied.`);
  object.metadata.addAnnotation(WAVE, String(layer.wave));
  const manifest = object.toJson() as Manifest;
  return { path: `${layer.folder}/${fileName(manifest)}`, manifest };
}

/** The name of an object's file within its layer. */
export function fileName({ kind, metadata }: Manifest): string {
  return `${[kind.toLowerCase(), metadata.namespace, metadata.name].filter(Boolean).join(".")}.yaml`;
}
