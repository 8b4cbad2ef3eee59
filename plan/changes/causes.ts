import { diffValues } from "../diff-values.ts";
import type { Change } from "../model/changes.ts";
import { isObject, originsOf, type Recorded, type RecordedResource } from "../model/recorded.ts";
import type { Cause, Effect } from "../model/steps.ts";
import { changesOf, onChange, prefixesOf, replaces, rowOf } from "./on-change.ts";

/** What happened to resources so far, by URN. */
export interface Happened {
  readonly changed: Set<string>;
  /** Of these, what is replaced. */
  readonly replaced: Set<string>;
  /** Changes that providers hand on to their resources. */
  readonly handedOn: Map<string, readonly Change[]>;
}

/** From the least to what decides: what is replaced is not updated first, so no update of it is refused. */
const ORDER: readonly Effect[] = ["ignore", "update", "recreate", "refuse", "unknown", "replace"];

/** The changes of a resource's inputs that do something, those that do most first. */
export function causesOf(before: RecordedResource, after: RecordedResource, happened: Happened): Cause[] {
  const described = changedInputs(before, after).map((change) => causeOf(after, change));
  const known = new Set(described.map(({ path }) => path));
  const followed = followingInputs(after, happened).filter(({ path }) => !known.has(path));
  return [...described, ...handedInputs(after, happened), ...followed, ...ofProvider(after, happened)]
    .filter(({ effect }) => effect !== "ignore")
    .toSorted((one, other) => ORDER.indexOf(other.effect) - ORDER.indexOf(one.effect));
}

/** The inputs of a resource that differ, except those that Pulumi ignores. */
function changedInputs(before: RecordedResource, after: RecordedResource): Change[] {
  const ignored = new Set(after.ignoreChanges);
  return diffValues(before.inputs, after.inputs).filter(
    ({ path }) => !prefixesOf(path).some((prefix) => ignored.has(prefix)),
  );
}

/** Where a block comes or goes, each of its values does too, and what does most decides. */
export function causeOf({ type }: Pick<RecordedResource, "type">, change: Change): Cause {
  const { path, before, after } = change;
  const [came, went] = [before === undefined, after === undefined];
  const inner = came !== went ? leavesOf((before ?? after) as Recorded, path) : [];
  const answers = [
    onChange(type, path, change),
    ...inner.map((leaf) =>
      onChange(type, leaf.path, { before: came ? undefined : leaf.value, after: went ? undefined : leaf.value }),
    ),
  ];
  return { path, before, after, ...answers.reduce((one, other) => (isStronger(other, one) ? other : one)) };
}

const isStronger = (one: { readonly effect: Effect }, other: { readonly effect: Effect }): boolean =>
  ORDER.indexOf(one.effect) > ORDER.indexOf(other.effect);

interface Leaf {
  readonly path: string;
  readonly value: Recorded;
}

function leavesOf(value: Recorded, path: string): Leaf[] {
  if (Array.isArray(value)) return (value as readonly Recorded[]).flatMap((item) => leavesOf(item, path));
  if (isObject(value) && !originsOf(value) && !("$secret" in value))
    return Object.entries(value).flatMap(([key, item]) => leavesOf(item, `${path}.${key}`));
  return [{ path, value }];
}

/** Outputs of what is replaced are others afterwards; so are those that change with every update of their resource. */
function followingInputs(resource: RecordedResource, { replaced, changed }: Happened): Cause[] {
  const { type, inputs, propertyDependencies = {} } = resource;
  const follows = changesOf(type)?.follows ?? {};
  return Object.entries(inputs).flatMap(([key, input]) =>
    outputsIn(input, key, propertyDependencies[key] ?? []).flatMap(({ path, value, origins }) => {
      const [prefix = ""] = prefixesOf(path);
      const from = origins.find((urn) => replaced.has(urn) || (changed.has(urn) && follows[prefix] === typeOf(urn)));
      if (from === undefined) return [];
      return [{ ...causeOf(resource, { path, before: value, after: value }), from }];
    }),
  );
}

const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

interface Output {
  readonly path: string;
  readonly value: Recorded;
  readonly origins: readonly string[];
}

/** Values that come from resources. A secret does not show from which, so it is taken as from all of its input. */
function outputsIn(value: Recorded, path: string, ofInput: readonly string[]): Output[] {
  const origins = isObject(value) && "$secret" in value ? ofInput : originsOf(value);
  if (origins) return [{ path, value, origins }];
  if (Array.isArray(value))
    return (value as readonly Recorded[]).flatMap((item, index) => outputsIn(item, `${path}.${index}`, ofInput));
  return isObject(value)
    ? Object.entries(value).flatMap(([key, item]) => outputsIn(item, `${path}.${key}`, ofInput))
    : [];
}

/** Only where the resource has such an input. What it sets itself stays, but its tags are merged with the provider's. */
function handedInputs(after: RecordedResource, { handedOn }: Happened): Cause[] {
  const { type, inputs, provider = "" } = after;
  return (handedOn.get(provider) ?? [])
    .filter(({ path }) => rowOf(type, path) !== undefined && (path === "tags" || !(path in inputs)))
    .map((change) => ({ ...causeOf(after, change), from: provider }));
}

/** Changes of a provider that count as changes of its resources. */
export function handedOnBy(before: RecordedResource, after: RecordedResource): Change[] {
  const handsOn = changesOf(after.type)?.handsOn ?? {};
  return Object.entries(handsOn).flatMap(([input, path]) => {
    const [from, to] = [before.inputs[input], after.inputs[input]];
    return diffValues(from, to).length > 0 ? [{ path, before: from, after: to }] : [];
  });
}

function ofProvider({ provider }: RecordedResource, { replaced }: Pick<Happened, "replaced">): Cause[] {
  if (provider === undefined || !replaced.has(provider)) return [];
  const source = "pulumi/pulumi@a88168d865b7fd428e5a929cc54aeceaf72d203f pkg/resource/deploy/step_generator.go:3048";
  return [{ path: "provider", before: provider, after: provider, effect: "replace", source, from: provider }];
}

/**
 * Why a resource has to be deleted before others can be: the engine asks its provider what an unknown value does in each input
 * that is made of their outputs, also where the value would stay. Undefined where it can stay.
 */
export function lifeCause(resource: RecordedResource, gone: Set<string>): Cause | undefined {
  const { type, inputs, propertyDependencies = {} } = resource;
  const [provider] = ofProvider(resource, { replaced: gone });
  if (provider) return provider;
  for (const [key, urns] of Object.entries(propertyDependencies)) {
    const from = urns.find((urn) => gone.has(urn));
    const values = { before: inputs[key], after: { $output: [from] } };
    const paths = from === undefined ? [] : [key, ...leavesOf(inputs[key] ?? null, key).map(({ path }) => path)];
    const path = paths.find((each) => replaces(onChange(type, each, values)));
    if (from !== undefined && path !== undefined) return { path, ...values, ...onChange(type, path, values), from };
  }
  return undefined;
}
