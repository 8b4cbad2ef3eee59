import { type App, ApiObject } from "cdk8s";
import { UserError } from "../platform/faults.ts";
import { apiGroup, declaredTwice, objectIdentity } from "../platform/object-identity.ts";
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
  if (invalid.length > 0) throw new UserError(["The objects are not valid:", ...invalid].join("\n  "));
  const rendered = constructs.filter((construct) => ApiObject.isApiObject(construct)).map(renderObject);
  const twice = declaredTwice(
    rendered.map(({ construct, manifest }) => ({ identity: objectIdentity(manifest), where: construct })),
  );
  if (twice.length > 0) throw new UserError(["Some objects are declared twice:", ...twice].join("\n  "));
  const counts = new Map<string, number>();
  for (const { path } of rendered) counts.set(path, (counts.get(path) ?? 0) + 1);
  return rendered
    .map(({ folder, path, manifest }) =>
      counts.get(path) === 1 ? { path, manifest } : { path: `${folder}/${fileName(manifest, true)}`, manifest },
    )
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

interface Unnamed extends RenderedObject {
  readonly construct: string;
  readonly folder: string;
}

function renderObject(object: ApiObject): Unnamed {
  const layer = object.node.scopes.find((scope) => Layer.isLayer(scope));
  if (!layer) throw new Error(`${object.node.path}: an object must be in a Layer, which sets its sync wave.`);
  object.metadata.addAnnotation(WAVE, String(layer.wave));
  const manifest = object.toJson() as Manifest;
  const { folder } = layer;
  return { construct: object.node.path, folder, path: `${folder}/${fileName(manifest)}`, manifest };
}

/**
 * The name of an object's file within its layer. It is qualified by the API group only where kinds of two groups would
 * share it: Knative's Service and the core one.
 */
export function fileName({ apiVersion, kind, metadata }: Manifest, qualified = false): string {
  const group = qualified ? apiGroup(apiVersion) : "";
  return `${[kind.toLowerCase(), group, metadata.namespace, metadata.name].filter(Boolean).join(".")}.yaml`;
}
