/**
 * What the recorder keeps of a resource: its inputs. A provider's output has no value in a plan, and none is invented:
 * it stands as `{ "$output": [...] }` with the resources it comes from; a secret stands as `{ "$secret": true }`.
 */
export type Recorded = null | boolean | number | string | readonly Recorded[] | RecordedObject;

export interface RecordedObject {
  readonly [key: string]: Recorded;
}

export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent?: string;
  /** A provider makes it; false for components, which only group. */
  readonly custom: boolean;
  /** Pulumi refuses to delete it. */
  readonly protect: boolean;
  readonly inputs: RecordedObject;
  readonly ignoreChanges: readonly string[];
  readonly dependsOn: readonly string[];
  /** The resources of whose outputs each input is made, also where the output is an input that is known. @default - none */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  /** URN of the provider. @default - the package's default provider, or none for a component */
  readonly provider?: string;
  /** Whether Pulumi deletes it before it makes its replacement. @default - the provider decides */
  readonly deleteBeforeReplace?: boolean;
}

const OUTPUT = "$output";
const SECRET = "$secret";

export function unknownFrom(urns: readonly string[]): RecordedObject {
  return { [OUTPUT]: urns };
}

export const hidden: RecordedObject = { [SECRET]: true };

export const isObject = (value: Recorded | undefined): value is RecordedObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A scalar as text; `nothing` where there is none, or a provider makes it. */
export const textOf = (value: Recorded | undefined): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "nothing";

/** The resources that an unknown value comes from; undefined for a value that is known. */
export function originsOf(value: Recorded | undefined): readonly string[] | undefined {
  const origins = isObject(value) ? value[OUTPUT] : undefined;
  return Array.isArray(origins) ? origins.filter((urn) => typeof urn === "string") : undefined;
}

/** Every resource that a value comes from, at any depth. */
export function urnsIn(value: Recorded | undefined): string[] {
  const origins = originsOf(value);
  if (origins) return [...origins];
  if (Array.isArray(value)) return (value as readonly Recorded[]).flatMap(urnsIn);
  return isObject(value) ? Object.values(value).flatMap(urnsIn) : [];
}

/** A resource lacks what a proof reads, or has what no catalogue knows. The plan shows it as a failure. */
export class UnreadableResource extends Error {}

/** Reads an input that has to be known. Throws for an output or a secret: nothing is proved from an invention. */
export function known(resource: RecordedResource, path: string): Recorded | undefined {
  let value: Recorded | undefined = resource.inputs;
  for (const key of path.split(".")) {
    if (isObject(value) && (OUTPUT in value || SECRET in value)) {
      throw new UnreadableResource(
        `${resource.type} '${resource.name}': '${path}' is made by the provider, so a plan cannot know it.`,
      );
    }
    value = isObject(value)
      ? value[key]
      : Array.isArray(value)
        ? (value as readonly Recorded[])[Number(key)]
        : undefined;
  }
  if (isObject(value) && (OUTPUT in value || SECRET in value)) {
    throw new UnreadableResource(
      `${resource.type} '${resource.name}': '${path}' is made by the provider, so a plan cannot know it.`,
    );
  }
  return value;
}

export function knownText(resource: RecordedResource, path: string): string {
  const value = known(resource, path);
  if (typeof value !== "string")
    throw new UnreadableResource(`${resource.type} '${resource.name}': '${path}' is no text.`);
  return value;
}

export function knownNumber(resource: RecordedResource, path: string): number {
  const value = known(resource, path);
  if (typeof value !== "number")
    throw new UnreadableResource(`${resource.type} '${resource.name}': '${path}' is no number.`);
  return value;
}
