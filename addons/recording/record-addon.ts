import { UserError } from "../../platform/faults.ts";
import { holesIn } from "../../platform/hole.ts";
import { changesBetween } from "./changes.ts";
import { nameOf, objectDifferences } from "./differences.ts";
import { type Recordable, type Shape, shapesOf } from "./contexts.ts";
import { keptOf, type RenderedObject } from "./kept-fields.ts";
import {
  canonicalJson,
  digestOf,
  type ObjectRecord,
  type ShapeRecord,
  type Template,
  type VersionRecord,
} from "./record.ts";
import { filled } from "./recorded-objects.ts";
import { objectsIn } from "./rendered-objects.ts";
import { fillWith, sentinelsFor, type Sentinels, templateOf } from "./sentinels.ts";
import type { PreparedSource } from "./sources.ts";
import { undefinedKeys, withoutKey } from "./value-keys.ts";

/** Records one version of an add-on: each shape that its values can have. Throws when a value or a hole is not fit for it. */
export function recordVersion(addon: Recordable, version: string, source: PreparedSource): VersionRecord {
  const title = `Add-on '${addon.name}' ${version}`;
  const shapes = shapesOf(addon);
  requireDefinedKeys(title, shapes, source);
  const pool = new ObjectPool();
  const recorded = shapes.map((shape) => {
    const renderer = new ShapeRenderer(title, shape, { source, namespace: addon.namespace.name });
    const { objects, output } = renderer.render();
    return [shape.key, { when: shape.when, output, objects: objects.map((each) => pool.indexOf(each)) }] as const;
  });
  return {
    source: source.digest,
    ...(source.leftOut && source.leftOut.length > 0 && { leftOut: source.leftOut }),
    objects: pool.objects,
    shapes: Object.fromEntries(recorded) satisfies Record<string, ShapeRecord>,
  };
}

/** A key that values.yaml lacks is one that the chart does not read, unless leaving it out changes the output. */
function requireDefinedKeys(title: string, shapes: readonly Shape[], { defaults, render }: PreparedSource): void {
  if (!defaults) return;
  const checked = new Set<string>();
  const faults: string[] = [];
  for (const { values } of shapes) {
    const own = fillWith(values, sentinelsFor(values, 0));
    for (const { path, nearest } of undefinedKeys(own, defaults)) {
      const name = path.join(".");
      if (checked.has(name)) continue;
      checked.add(name);
      if (render(own) === render(withoutKey(own, path))) faults.push(`  '${name}': the nearest is '${nearest}'`);
    }
  }
  if (faults.length > 0)
    throw new UserError([`${title}: the chart does not define these value keys:`, ...faults].join("\n"));
}

interface ShapeOutput {
  readonly objects: readonly Template[];
  readonly output: string;
}

/** Renders one shape with different fillings of its holes, and compares. */
class ShapeRenderer {
  constructor(
    private readonly title: string,
    private readonly shape: Shape,
    private readonly from: { readonly source: PreparedSource; readonly namespace: string },
  ) {}

  render(): ShapeOutput {
    const { values } = this.shape;
    const [first, second] = [sentinelsFor(values, 0), sentinelsFor(values, 1)];
    const templates = this.templates(first);
    this.requireSame(templates, second);
    for (const fillings of this.ownFillings(first)) this.requireFilled(templates, fillings);
    const text = canonicalJson(this.rendered(first).map((each) => templateOf(each, first)));
    return { objects: templates, output: digestOf(text) };
  }

  private rendered(fillings: Sentinels): RenderedObject[] {
    return objectsIn(this.from.source.render(fillWith(this.shape.values, fillings)), this.from.namespace);
  }

  private templates(fillings: Sentinels): Template[] {
    return this.rendered(fillings).map((object) => templateOf(keptOf(object), fillings));
  }

  /** The values of the shape itself, and 1 for each number: a chart may compare a number where a sentinel is always large. */
  private ownFillings(sentinels: Sentinels): Sentinels[] {
    if (sentinels.size === 0) return [];
    const holes = [...holesIn(this.shape.values).values()];
    const own = new Map(holes.map(({ name, value }) => [name, value]));
    const ones = new Map(holes.map(({ name, kind, value }) => [name, kind === "number" ? 1 : value]));
    return holes.some(({ kind }) => kind === "number") ? [own, ones] : [own];
  }

  private requireSame(templates: readonly Template[], other: Sentinels): void {
    const difference = firstDifference(templates, this.templates(other));
    if (difference === undefined) return;
    const first = sentinelsFor(this.shape.values, 0);
    const guilty = [...other].find(
      ([name, sentinel]) =>
        firstDifference(templates, this.templates(new Map([...first, [name, sentinel]]))) !== undefined,
    );
    throw guilty ? this.notAHole([guilty[0]], difference) : this.notReproducible(difference);
  }

  private requireFilled(templates: readonly Template[], fillings: Sentinels): void {
    const holes = new Map([...fillings].map(([name, value]) => [name, { value }]));
    const rendered = this.rendered(fillings).map((object) => keptOf(object) as Template);
    const difference = firstDifference(asText(templates.map((each) => filled(each, holes))), asText(rendered));
    if (difference !== undefined) throw this.notAHole([...fillings.keys()], difference);
  }

  private notAHole(names: readonly string[], difference: string): UserError {
    return new UserError(
      `${this.title}: hole ${names.map((name) => `'${name}'`).join(" or ")} changes more than a scalar, at ${difference}. ` +
        "Use a plain value there, so that each of its values is recorded by itself.",
    );
  }

  private notReproducible(difference: string): UserError {
    return new UserError(
      `${this.title}: two renderings with the same values differ, at ${difference}. ` +
        "Set the value that the source makes up (a password, a certificate), or let something else create it.",
    );
  }
}

/** Helm writes some numbers as text and text as numbers; the API server takes both for a quantity or an argument. */
function asText(value: unknown): Template[] {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === "number" ? String(inner) : inner,
  ) as Template[];
}

/** Where two lists of objects first differ: the object and the field. */
function firstDifference(one: readonly Template[], other: readonly Template[]): string | undefined {
  return objectDifferences(one, other)[0];
}

/** Objects of all shapes, each once: the first of a name whole, others as their differences from it. */
class ObjectPool {
  readonly objects: ObjectRecord[] = [];
  private readonly indices = new Map<string, number>();
  private readonly firsts = new Map<string, { index: number; object: Template }>();

  indexOf(object: Template): number {
    const text = canonicalJson(object);
    const index = this.indices.get(text) ?? this.add(object);
    this.indices.set(text, index);
    return index;
  }

  private add(object: Template): number {
    const name = nameOf(object);
    const index = this.objects.length;
    const first = this.firsts.get(name);
    if (first) this.objects.push({ like: first.index, changes: changesBetween(first.object, object) });
    else {
      this.firsts.set(name, { index, object });
      this.objects.push({ object });
    }
    return index;
  }
}
