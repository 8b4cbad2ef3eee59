import type { KubeObject } from "./client.ts";

/** An object with one thing changed that its author did not mean. */
export interface Damage {
  /** `Deployment spec.template.spec.containers[].ports: doubled`. */
  readonly name: string;
  readonly original: KubeObject;
  readonly object: KubeObject;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Path = readonly (string | number)[];

interface Change {
  readonly name: string;
  readonly to: (value: Json) => Json | undefined;
}

const LONG = "x".repeat(300);
const change = (name: string, to: Change["to"]): Change => ({ name, to });
const to = (value: Json): Change => change(`= ${JSON.stringify(value).slice(0, 20)}`, () => value);

const ofAll: readonly Change[] = [change("dropped", () => undefined), to(null)];
const ofText: readonly Change[] = [
  ...["", "Not a/valid name!", "-", "61 * 31 2 *", "-1Gi", "1GB", "150%", "10.0.0.0/33", LONG].map(to),
  to(7),
  to([]),
  change("misspelt", (value) => `${value as string}x`),
  change("capitalized", (value) => (value as string).toUpperCase()),
];
const ofQuantity: readonly Change[] = [
  change("times 1000", (value) => (value as string).replace(/^[\d.]+/, "$&000")),
  to("0"),
  to("1m"),
];
const ofNumber: readonly Change[] = [
  ...[-1, 0, 1, 70_000, 2 ** 40].map(to),
  to(1.5),
  to("5"),
  to("many"),
  change("plus 1", (value) => Number(value) + 1),
];
const ofFlag: readonly Change[] = [change("turned", (value) => value !== true), to("yes"), to(1)];
const ofList: readonly Change[] = [
  to([]),
  to({}),
  change("doubled", (value) => [...(value as readonly Json[]), ...(value as readonly Json[])]),
  change("reversed", (value) => (value as readonly Json[]).toReversed()),
];
const ofObject: readonly Change[] = [
  to({}),
  to("text"),
  change("with an unknown key", (value) => ({ ...(value as object), unknownKey: 1 })),
  change("with a bad key", (value) => ({ ...(value as object), "Not valid!": "x" })),
];

function changesOf(value: Json): readonly Change[] {
  if (typeof value === "string")
    return [...ofAll, ...ofText, ...(/^\d+(\.\d+)?([mkMGT]i?)?$/.test(value) ? ofQuantity : [])];
  if (typeof value === "number") return [...ofAll, ...ofNumber];
  if (typeof value === "boolean") return [...ofAll, ...ofFlag];
  if (Array.isArray(value)) return [...ofAll, ...ofList];
  return [...ofAll, ...ofObject];
}

/** Where an object is sent to: with another, it would be another request. */
const ADDRESS = new Set(["apiVersion", "kind", "metadata.namespace"]);

/**
 * Damages of objects, one for each field of a kind and each change of its type, so that a field that many objects have counts once.
 * In an order that depends on `seed` alone.
 */
export function damagesOf(objects: readonly KubeObject[], seed: number): Damage[] {
  interface Place {
    readonly original: KubeObject;
    readonly path: Path;
    readonly to: Change["to"];
  }
  const found = new Map<string, Place>();
  const add = (name: string, place: Place): void => {
    if (!found.has(name)) found.set(name, place);
  };
  for (const object of objects) {
    for (const { path, value } of fieldsOf(object)) {
      const field = path
        .map((step) => (typeof step === "number" ? "[]" : `.${step}`))
        .join("")
        .slice(1);
      if (ADDRESS.has(field)) continue;
      for (const { name, to } of changesOf(value))
        add(`${object.kind} ${field}: ${name}`, { original: object, path, to });
    }
  }
  return shuffled([...found], seed).map(([name, { original, path, to }]) => ({
    name,
    original,
    object: changed(original as unknown as Json, path, to) as unknown as KubeObject,
  }));
}

function* fieldsOf(value: Json, path: Path = []): Generator<{ path: Path; value: Json }> {
  if (path.length > 0) yield { path, value };
  if (value === null || typeof value !== "object") return;
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [step, each] of inner as [string | number, Json][]) yield* fieldsOf(each, [...path, step]);
}

function changed(value: Json, [step, ...rest]: Path, to: Change["to"]): Json {
  const copy = structuredClone(value) as Record<string | number, Json>;
  if (step === undefined) throw new Error("A change has a path.");
  const result = rest.length === 0 ? to(copy[step] ?? null) : changed(copy[step] ?? null, rest, to);
  if (result !== undefined) copy[step] = result;
  else if (Array.isArray(copy)) copy.splice(Number(step), 1);
  else Reflect.deleteProperty(copy, step);
  return copy;
}

/** Fisher-Yates with a linear congruential generator (Numerical Recipes' constants). */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const result = [...items];
  let state = seed;
  for (let last = result.length - 1; last > 0; last--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [result[last], result[other]] = [result[other] as Item, result[last] as Item];
  }
  return result;
}
