/** A value, and where it is in its object. */
export interface Found {
  readonly at: string;
  readonly value: unknown;
  /** What holds the value: the object around it, or around the list that it is in. */
  readonly parent: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const parsed = new Map<string, readonly string[]>();

function keysOf(place: string): readonly string[] {
  let keys = parsed.get(place);
  if (!keys) {
    keys = (place.match(/\[[^\]]+\]|[^.[\]]+/g) ?? []).map((key) => key.replace(/^\[(.*)\]$/, "$1"));
    parsed.set(place, keys);
  }
  return keys;
}

/** Every value at a place. */
export function valuesAt(root: unknown, place: string): Found[] {
  let found: Found[] = [{ at: "", value: root, parent: {} }];
  for (const key of keysOf(place)) {
    found = found.flatMap(({ at, value }) => (isFields(value) ? inside(value, key, at) : []));
    if (found.length === 0) break;
  }
  return found;
}

function inside(parent: Fields, key: string, at: string): Found[] {
  const keys = key === "*" ? Object.keys(parent) : [key];
  return keys.flatMap((each) => {
    const value = parent[each];
    if (value === undefined || value === null) return [];
    const path = at === "" ? each : `${at}.${each}`;
    return Array.isArray(value)
      ? (value as unknown[]).map((element, index) => ({ at: `${path}[${index}]`, value: element, parent }))
      : [{ at: path, value, parent }];
  });
}
