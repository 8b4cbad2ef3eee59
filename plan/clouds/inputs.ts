import { isObject, type Recorded, type RecordedResource, urnsIn } from "../model/recorded.ts";

/** An input as it was recorded, unknown values included; undefined where the resource does not have it. */
export function at(resource: RecordedResource, path: string): Recorded | undefined {
  let value: Recorded | undefined = resource.inputs;
  for (const key of path.split(".")) {
    if (Array.isArray(value)) value = (value as readonly Recorded[])[Number(key)];
    else value = isObject(value) ? value[key] : undefined;
  }
  return value;
}

/** Providers take a boolean also as text. */
export const isOn = (value: Recorded | undefined): boolean => value === true || value === "true";

export const numberOf = (value: Recorded | undefined): number | undefined => {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && !Number.isNaN(number) ? number : undefined;
};

export const textsOf = (value: Recorded | undefined): string[] =>
  (Array.isArray(value) ? (value as readonly Recorded[]) : [value]).filter((each) => typeof each === "string");

/** Parts of a list that are objects: blocks, rules, mappings. */
export const objectsIn = (value: Recorded | undefined): Readonly<Record<string, Recorded>>[] =>
  (Array.isArray(value) ? (value as readonly Recorded[]) : [value]).filter(isObject);

export const ofType = (resources: readonly RecordedResource[], ...types: readonly string[]): RecordedResource[] =>
  resources.filter(({ type }) => types.includes(type));

/** Inputs by which providers name resources, where another resource does not take the output. */
const NAMES = ["name", "bucket", "identifier", "label"];

/** Those of some resources that a value refers to, by output or by name. */
export function referredTo(value: Recorded | undefined, candidates: readonly RecordedResource[]): RecordedResource[] {
  const urns = urnsIn(value);
  const names = textsOf(value);
  return candidates.filter(
    ({ urn, inputs }) =>
      urns.includes(urn) || NAMES.some((key) => typeof inputs[key] === "string" && names.includes(inputs[key])),
  );
}

/**
 * Those of some resources that a list of outputs names. Pulumi gives each item the origins of the whole list, so an item with one
 * origin names it, and the others name as many of theirs as there are of them.
 */
export function listedIn(value: Recorded | undefined, candidates: readonly RecordedResource[]): RecordedResource[] {
  const items = Array.isArray(value) ? (value as readonly Recorded[]) : value === undefined ? [] : [value];
  const origins = items.map((item) => [...new Set(urnsIn(item))]);
  const single = origins.filter(({ length }) => length === 1).flat();
  const shared = [...new Set(origins.filter(({ length }) => length > 1).flat())].filter((urn) => !single.includes(urn));
  const named = [...single, ...shared.slice(0, items.length - single.length)];
  return candidates.filter(({ urn }) => named.includes(urn));
}

/** `Bucket 'backups'`. */
export const nameOf = ({ type, name }: RecordedResource): string => `${type.split(":").at(-1) ?? type} '${name}'`;

/** Some inputs of a resource, those that it has. */
export const inputsNamed = ({ inputs }: RecordedResource, names: readonly string[]): Record<string, Recorded> =>
  Object.fromEntries(Object.entries(inputs).filter(([name]) => names.includes(name)));
