import { type Hole, holesIn, mapHoles } from "../../platform/hole.ts";
import type { HoleReference, Template } from "./record.ts";

/** Text or a number that nothing but one hole brings into the output. */
export type Sentinels = ReadonlyMap<string, string | number>;

/** Two sets have no digit sequence, affix or unit in common, so that a value cut out of a sentinel differs between them too. */
const SETS = [
  { first: 61_101, quantity: (number: number) => `${number}Mi`, name: (number: number) => `aq-${number}-za` },
  { first: 52_301, quantity: (number: number) => `${number}Gi`, name: (number: number) => `bwx-${number}-yob` },
] as const;

/** A sentinel per hole, from the first or the second set. */
export function sentinelsFor(values: unknown, set: 0 | 1): Sentinels {
  const { first, quantity, name: text } = SETS[set];
  const sentinel = ({ kind }: Hole, number: number): string | number =>
    kind === "number" ? number : kind === "quantity" ? quantity(number) : text(number);
  const holes = [...holesIn(values).values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return new Map(holes.map((hole, index) => [hole.name, sentinel(hole, first + index)]));
}

/** Values with each hole filled from `fillings`, or with its own value. */
export function fillWith(values: unknown, fillings: Sentinels): object {
  return mapHoles(values, ({ name, value }) => fillings.get(name) ?? value) as object;
}

/** Replaces each sentinel in a rendered tree by its hole. */
export function templateOf(rendered: unknown, sentinels: Sentinels): Template {
  if (typeof rendered === "number") return holeOf(rendered, sentinels) ?? rendered;
  if (typeof rendered === "string") return templateOfText(rendered, sentinels);
  if (Array.isArray(rendered)) return rendered.map((each) => templateOf(each, sentinels));
  if (typeof rendered !== "object" || rendered === null) return rendered as boolean | null;
  return Object.fromEntries(Object.entries(rendered).map(([key, value]) => [key, templateOf(value, sentinels)]));
}

function holeOf(value: string | number, sentinels: Sentinels): HoleReference | undefined {
  for (const [name, sentinel] of sentinels) if (sentinel === value) return { $hole: name };
  return undefined;
}

function templateOfText(text: string, sentinels: Sentinels): Template {
  const whole = holeOf(text, sentinels);
  if (whole) return whole;
  const parts = [...sentinels].reduce<(string | HoleReference)[]>(
    (before, [name, sentinel]) =>
      before.flatMap((part) => (typeof part === "string" ? split(part, name, sentinel) : [part])),
    [text],
  );
  return parts.every((part) => typeof part === "string") ? text : { $text: parts };
}

function split(text: string, name: string, sentinel: string | number): (string | HoleReference)[] {
  // Digits beside it would make it another number.
  const pieces = text.split(new RegExp(`(?<!\\d)${sentinel}(?!\\d)`));
  return pieces
    .flatMap((piece, index) => [...(index > 0 ? [{ $hole: name }] : []), piece])
    .filter((piece) => piece !== "");
}
