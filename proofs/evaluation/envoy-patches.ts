import type { KubernetesObject } from "../../plan/model/kubernetes.ts";

/** A value of an object whose schema is Envoy's. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What an EnvoyFilter changes. */
export interface EnvoyPatch {
  readonly applyTo: string;
  readonly operation: string;
  readonly context: string | undefined;
  /** The listener's; undefined for all. */
  readonly port: number | undefined;
  /** The network filter that it looks for. */
  readonly filter: string | undefined;
  /** Of the message: `HttpConnectionManager`. */
  readonly type: string;
  readonly config: Json;
}

interface ConfigPatch {
  readonly applyTo: string;
  readonly match?: {
    readonly context?: string;
    readonly listener?: {
      readonly portNumber?: number;
      readonly filterChain?: { readonly filter?: { readonly name?: string } };
    };
  };
  readonly patch?: { readonly operation?: string; readonly value?: Json };
}

interface Spec {
  readonly targetRefs?: readonly { readonly kind: string; readonly name: string }[];
  readonly configPatches?: readonly ConfigPatch[];
}

/** The patches of the filters that name a Gateway, in order. */
export function patchesOf(gateway: KubernetesObject, objects: readonly KubernetesObject[], kind: string): EnvoyPatch[] {
  const { name, namespace } = gateway.metadata;
  return objects
    .filter((object) => object.kind === kind && object.metadata.namespace === namespace)
    .map(({ spec }) => (spec ?? {}) as Spec)
    .filter(({ targetRefs = [] }) => targetRefs.some((target) => target.kind === "Gateway" && target.name === name))
    .flatMap(({ configPatches = [] }) => configPatches)
    .map(readPatch);
}

function readPatch({ applyTo, match, patch: { operation = "", value = null } = {} }: ConfigPatch): EnvoyPatch {
  const { portNumber: port, filterChain } = match?.listener ?? {};
  const config = messageIn(value);
  const type = textAt(config, "@type").split(".").at(-1) ?? "";
  return { applyTo, operation, context: match?.context, port, filter: filterChain?.filter?.name, type, config };
}

/** The message of a filter or a transport socket. */
const messageIn = (value: Json): Json =>
  valueAt(value, "typed_config") ?? valueAt(value, "transport_socket.typed_config") ?? null;

/** The value at a path of keys and indices, joined by dots; undefined where there is none. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  return path
    .split(".")
    .reduce<Json | undefined>(
      (inner, key) =>
        typeof inner === "object" && inner !== null ? (inner as { readonly [key: string]: Json })[key] : undefined,
      value,
    );
}

/** The text at a path; empty where there is none. */
export function textAt(value: Json | undefined, path: string): string {
  const found = valueAt(value, path);
  return typeof found === "string" ? found : "";
}

/** Every text within a value. */
export function textsIn(value: Json | undefined): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
