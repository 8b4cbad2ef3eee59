import { createHash } from "node:crypto";
import { mapHoles } from "../../platform/hole.ts";

/** What `addons/<name>/rendered.json` holds: the objects that an add-on's source renders, for all values that it may be given. */
export interface AddonRecord {
  readonly addon: string;
  readonly source: object;
  readonly versions: Readonly<Record<string, VersionRecord>>;
}

export interface VersionRecord {
  /** SHA-256 of the source's files. */
  readonly source: string;
  /** Sub-charts that no shape enables: neither rendered nor part of the digest. */
  readonly leftOut?: readonly string[];
  /** Distinct objects of all shapes. */
  readonly objects: readonly ObjectRecord[];
  /** By shape key. */
  readonly shapes: Readonly<Record<string, ShapeRecord>>;
}

/** An object as rendered, or the differences from another one of the list. */
export type ObjectRecord =
  { readonly object: Template } | { readonly like: number; readonly changes: readonly Change[] };

export interface ShapeRecord {
  /** The contexts that give this shape, for the reader. */
  readonly when: string;
  /** SHA-256 of the whole output, before anything is left out. */
  readonly output: string;
  /** Indices into `objects`. */
  readonly objects: readonly number[];
}

/** Sets the field at a path, or removes it where there is no value. */
export interface Change {
  readonly path: readonly (string | number)[];
  readonly value?: Template;
}

export interface HoleReference {
  readonly $hole: string;
}

/** Text with holes in it. */
export interface HoledText {
  readonly $text: readonly (string | HoleReference)[];
}

/** JSON in which some scalars are holes. */
export type Template =
  | string
  | number
  | boolean
  | null
  | HoleReference
  | HoledText
  | readonly Template[]
  | { readonly [key: string]: Template };

export const isHole = (value: unknown): value is HoleReference =>
  typeof value === "object" && value !== null && "$hole" in value;
export const isHoledText = (value: unknown): value is HoledText =>
  typeof value === "object" && value !== null && "$text" in value;

/** Identifies a tree of values except for what its holes are filled with. */
export function shapeKey(values: unknown): string {
  return digestOf(canonicalJson(mapHoles(values, ({ name, kind }) => ({ $hole: name, kind })))).slice(0, 16);
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** JSON with sorted keys: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
