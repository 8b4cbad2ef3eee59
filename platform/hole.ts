/**
 * A scalar of an add-on's values that an environment sets. A chart is recorded once for all values of its holes, so a hole may
 * only change a number, a quantity or a name in what the chart renders, never which objects or fields there are.
 */
export class Hole {
  private constructor(
    readonly name: string,
    readonly kind: "number" | "quantity" | "name",
    readonly value: string | number,
  ) {}

  static number(name: string, value: number): Hole {
    return new Hole(name, "number", value);
  }

  /** `1Gi`, `250m`. */
  static quantity(name: string, value: string): Hole {
    return new Hole(name, "quantity", value);
  }

  /** A name, host or region: lower-case letters, digits, '-' and '.'. */
  static text(name: string, value: string): Hole {
    return new Hole(name, "name", value);
  }

  /** Text with holes in it. */
  static joined(...parts: readonly (string | Hole)[]): JoinedText {
    return new JoinedText(parts);
  }
}

/** One value that is made of texts and holes. */
export class JoinedText {
  constructor(readonly parts: readonly (string | Hole)[]) {}
}

/** Values as the chart is given them: each hole filled. */
export function fillHoles(values: unknown): unknown {
  return mapHoles(values, ({ value }) => value);
}

/** Replaces each hole of a tree. Within a joined text the replacement is written as text. */
export function mapHoles(values: unknown, replace: (hole: Hole) => unknown): unknown {
  if (values instanceof Hole) return replace(values);
  if (values instanceof JoinedText)
    return values.parts.map((part) => (typeof part === "string" ? part : textOf(replace(part)))).join("");
  if (Array.isArray(values)) return values.map((value) => mapHoles(value, replace));
  if (typeof values !== "object" || values === null) return values;
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, mapHoles(value, replace)]));
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** The holes of a tree, by name. */
export function holesIn(values: unknown): ReadonlyMap<string, Hole> {
  const found = new Map<string, Hole>();
  mapHoles(values, (hole) => void found.set(hole.name, hole));
  return found;
}
