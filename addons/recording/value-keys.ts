import { fieldsOf } from "./kept-fields.ts";

export interface UndefinedKey {
  readonly path: readonly string[];
  /** The most similar key that is defined there. */
  readonly nearest: string;
}

/**
 * Keys that a chart's values.yaml does not have. Below an empty map, a list or a scalar everything is allowed, and `global` is
 * Helm's own.
 */
export function undefinedKeys(values: unknown, defaults: unknown, path: readonly string[] = []): UndefinedKey[] {
  const defined = fieldsOf(defaults);
  const names = Object.keys(defined);
  if (names.length === 0 || Array.isArray(defaults) || !isMap(values)) return [];
  return Object.entries(values).flatMap(([key, value]) => {
    const own = [...path, key];
    if (key in defined) return undefinedKeys(value, defined[key], own);
    return key === "global" && path.length === 0 ? [] : [{ path: own, nearest: nearestTo(key, names) }];
  });
}

/** Values without the key at a path. */
export function withoutKey(values: unknown, [key, ...rest]: readonly string[]): object {
  const { [key ?? ""]: inner, ...others } = fieldsOf(values);
  return rest.length === 0 ? others : { ...others, [key ?? ""]: withoutKey(inner, rest) };
}

const isMap = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

function nearestTo(key: string, names: readonly string[]): string {
  const byDistance = names.map((name) => ({ name, distance: distanceBetween(key.toLowerCase(), name.toLowerCase()) }));
  return byDistance.toSorted((one, other) => one.distance - other.distance)[0]?.name ?? "";
}

/** How many letters one must insert, remove or replace to turn one word into another. */
function distanceBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [line, letter] of Array.from(one).entries()) {
    const next = [line + 1];
    for (const [column, against] of Array.from(other).entries()) {
      const replaced = (row[column] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
