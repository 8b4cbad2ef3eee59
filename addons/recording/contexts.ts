import type { Addon, Delivery, RecordedEnvironment, ValuesContext } from "../../platform/addon.ts";
import { type Cloud, cloudFacts, clouds } from "../../platform/clouds.ts";
import type { Environment } from "../../platform/environment.ts";
import { groupBy } from "../../platform/group-by.ts";
import { type Placement, placementOn } from "../../platform/placement.ts";
import { samplesOf } from "./option-samples.ts";
import { shapeKey } from "./record.ts";

type Rendered = Extract<Delivery, { readonly source: unknown }>;
/** The parts of a descriptor from which its shapes follow. */
export type Recordable = Pick<Addon, "name" | "options" | "clouds" | "pool"> & {
  readonly delivery: Rendered;
  readonly namespace: { readonly name: string };
};

export const isRecordable = (addon: Addon): addon is Addon & Recordable => "source" in addon.delivery;

/** A context, and its value in each dimension in words. */
interface NamedContext {
  readonly context: ValuesContext<Record<string, unknown>>;
  readonly names: Readonly<Record<string, string>>;
}

/** Values of one shape. */
export interface Shape {
  readonly key: string;
  readonly values: object;
  /** The contexts that give it, in words. */
  readonly when: string;
}

/** Every shape that a descriptor's values can have, in any environment. */
export function shapesOf(addon: Recordable): Shape[] {
  const contexts = contextsOf(addon);
  const found = groupBy(
    contexts.map((each) => ({ ...each, values: addon.delivery.values?.(each.context) ?? {} })),
    ({ values }) => shapeKey(values),
  );
  return [...found].map(([key, alike]) => ({ key, values: alike[0]?.values ?? {}, when: inWords(alike, contexts) }));
}

/** Its values may only fill holes. */
const SAMPLE: RecordedEnvironment = {
  name: "sample",
  domain: "sample.example.com",
  kubernetes: { version: "1.35" },
  region: "sample-1",
};

/** Every context that `values` may be given. */
export function contextsOf({
  options,
  clouds: supported = clouds,
  pool,
}: Pick<Recordable, "options" | "clouds" | "pool">): NamedContext[] {
  const samples = samplesOf(options).map((sample) => ({ sample, parsed: options.parse(sample) }));
  return supported.flatMap((cloud) =>
    placementsOn(cloud, pool).flatMap(({ placement, name }) =>
      [false, true].flatMap((protect) =>
        samples.map(({ sample, parsed }) => ({
          context: { environment: SAMPLE, options: parsed, cloud: cloudFacts[cloud], placement, protect },
          names: { cloud, placement: name, protect: String(protect), options: JSON.stringify(sample) },
        })),
      ),
    ),
  );
}

/** On the baseline pool, and on a pool of its own with each combination of taints. */
function placementsOn(cloud: Cloud, pool: string | undefined): { placement: Placement; name: string }[] {
  const { spreadOver, ...baseline } = placementOn({ cloud, pools: {} } as unknown as Environment);
  const named =
    pool === undefined ? [] : TAINTS.map((taint) => ({ placement: tainted(pool, taint), name: nameOf(pool, taint) }));
  return [{ placement: baseline, name: "baseline" }, ...named].map(({ placement, name }) => ({
    placement: { ...placement, spreadOver },
    name,
  }));
}

const TAINTS = [
  { dedicated: false, gpus: 0 },
  { dedicated: true, gpus: 0 },
  { dedicated: false, gpus: 1 },
  { dedicated: true, gpus: 1 },
] as const;
type Taints = (typeof TAINTS)[number];

/** Taints do not depend on the cloud: the one without machine types will do. */
function tainted(pool: string, { dedicated, gpus }: Taints): Placement {
  const needs = { vcpu: 1, memory: "1Gi", gpus };
  const pools = { [pool]: { needs, nodes: { min: 1, max: 1 }, dedicated } };
  return placementOn({ cloud: "local", pools } as unknown as Environment, pool);
}

const nameOf = (pool: string, { dedicated, gpus }: Taints): string =>
  [pool, ...(dedicated ? ["dedicated"] : []), ...(gpus > 0 ? ["with GPUs"] : [])].join(" ");

/** The dimensions in which these contexts are not all of them. */
function inWords(some: readonly NamedContext[], all: readonly NamedContext[]): string {
  const words = Object.keys(all[0]?.names ?? {}).flatMap((dimension) => {
    const [named, possible] = [some, all].map(
      (contexts) => new Set(contexts.map(({ names }) => names[dimension] ?? "")),
    );
    return named && named.size < (possible?.size ?? 0) ? [`${dimension}: ${[...named].join(" | ")}`] : [];
  });
  return words.join("; ") || "always";
}
