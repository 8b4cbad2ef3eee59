import { mergeKeyDefaults, mergeKeys } from "../platform/catalogue/merge-keys.ts";
import type { Change } from "./model/changes.ts";

type Fields = Readonly<Record<string, unknown>>;
type Scalars = Readonly<Record<string, string | number | undefined>>;

/** What differs between two values, field by field. Items of lists are paired by their merge keys, or else by what they are. */
export function diffValues(before: unknown, after: unknown, path = "", field = ""): Change[] {
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path, field);
  if (isFields(before) && isFields(after)) {
    return keysOf(before, after).flatMap((key) =>
      diffValues(before[key], after[key], path === "" ? key : `${path}.${key}`, key),
    );
  }
  return isSame(before, after) ? [] : [{ path, before, after }];
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const keysOf = (one: object, other: object): string[] => [...new Set([...Object.keys(one), ...Object.keys(other)])];

/** Whether values say the same, in whatever order their fields are written. */
const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part: unknown) =>
    isFields(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function diffLists(before: readonly unknown[], after: readonly unknown[], path: string, field: string): Change[] {
  const keys = mergeKeys[field]?.find((each) => isKeyedBy(each, before) && isKeyedBy(each, after));
  if (!keys) return diffByContent(before, after, path);
  const [one, other] = [byKey(keys, before), byKey(keys, after)];
  const changes = [...new Set([...one.keys(), ...other.keys()])].flatMap((key) =>
    diffValues(one.get(key), other.get(key), `${path}[${key}]`),
  );
  // Init containers run in their order.
  return changes.length > 0 ? changes : diffValues([...one.keys()].join(", "), [...other.keys()].join(", "), path);
}

/** Whether every item has the first key, and no two are the same by all. */
const isKeyedBy = (keys: readonly string[], items: readonly unknown[]): boolean =>
  items.every((item) => isFields(item) && item[keys[0] ?? ""] !== undefined) &&
  byKey(keys, items).size === items.length;

const byKey = (keys: readonly string[], items: readonly unknown[]): Map<string, unknown> =>
  new Map(items.map((item) => [keys.map((key) => keyOf(key, item as Scalars)).join("/"), item]));

const keyOf = (key: string, item: Scalars): string => String(item[key] ?? mergeKeyDefaults[key] ?? "");

/**
 * Items without a key are the same where all of them is. What is left was changed where as many came as went, in the order in
 * which they stand; otherwise it was added or removed. Lists that only changed their order differ as a whole: for some, such as
 * arguments, order counts.
 */
function diffByContent(before: readonly unknown[], after: readonly unknown[], path: string): Change[] {
  if (isSame(before, after)) return [];
  const [gone, come] = [without(before, after), without(after, before)];
  if (gone.length === 0 && come.length === 0) return [{ path, before, after }];
  if (gone.length === come.length) {
    return gone.flatMap(([index, item], position) => diffValues(item, come[position]?.[1], `${path}.${index}`));
  }
  return [
    ...gone.map(([index, item]): Change => ({ path: `${path}.${index}`, before: item, after: undefined })),
    ...come.map(([index, item]): Change => ({ path: `${path}.${index}`, before: undefined, after: item })),
  ];
}

/** The items of a list that another lacks, each with its place. Equal items count as often as they are there. */
function without(items: readonly unknown[], others: readonly unknown[]): [index: number, item: unknown][] {
  const left = others.map(canonical);
  return [...items.entries()].filter(([, item]) => {
    const found = left.indexOf(canonical(item));
    if (found >= 0) left.splice(found, 1);
    return found < 0;
  });
}
