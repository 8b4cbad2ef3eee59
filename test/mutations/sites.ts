import type { PlannedObject } from "../../plan/model/plan.ts";
import type { RecordedResource } from "../../plan/model/recorded.ts";
import type { Editable } from "../plans.ts";

export type Path = readonly string[];

/** A place in an object or a cloud resource at which damage can be done. */
export interface Site {
  /** The kind of the object, or the type of the resource. */
  readonly kind: string;
  /** API group of the object; `cloud` for a resource. */
  readonly group: string;
  readonly path: Path;
  readonly value: unknown;
}

/** One part of a plan: an object or a resource, and how a plan is made of the changed part. */
export interface Part {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
  readonly content: Editable;
}

const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "");

export const partOfObject = ({ path, manifest }: PlannedObject): Part => ({
  name: path,
  kind: manifest.kind,
  group: groupOf(manifest.apiVersion),
  content: manifest,
});

export const partOfResource = ({ type, name, inputs, protect }: RecordedResource): Part => ({
  name: `${type} ${name}`,
  kind: type.split(":").at(-1) ?? type,
  group: "cloud",
  content: { inputs: withDocuments(inputs), protect },
});

/** The resource with the changed content of its part. */
export const resourceOf = (resource: RecordedResource, content: Editable): RecordedResource => ({
  ...resource,
  protect: content.protect === true,
  inputs: withoutDocuments(content.inputs ?? {}) as RecordedResource["inputs"],
});

/** Policies and configurations are JSON in a text: their statements and actions are places too. */
const DOCUMENT = "$document";

function withDocuments(value: unknown): unknown {
  if (typeof value === "string" && /^[{[]/.test(value)) return { [DOCUMENT]: JSON.parse(value) };
  return mapped(value, withDocuments);
}

function withoutDocuments(value: unknown): unknown {
  if (typeof value === "object" && value !== null && DOCUMENT in value) return JSON.stringify(value[DOCUMENT]);
  return mapped(value, withoutDocuments);
}

function mapped(value: unknown, map: (inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(map);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, map(inner)]));
}

/** Every place of a part, lists and maps included, in document order. */
export function sitesOf({ kind, group, content }: Part): Site[] {
  return [...walk([], content)].map(([path, value]) => ({ kind, group, path, value }));
}

function* walk(path: Path, value: unknown): Generator<readonly [Path, unknown]> {
  if (path.length > 0) yield [path, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* walk([...path, key], inner);
}

/** A copy with another value at a path; undefined takes the field or the item away. */
export function withValue(content: Editable, path: Path, value: unknown): Editable {
  const copy = structuredClone(content);
  const holder = path.slice(0, -1).reduce((inner: Editable, key) => inner[key], copy);
  const key = path.at(-1) ?? "";
  if (value !== undefined) holder[key] = value;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
  return copy;
}
