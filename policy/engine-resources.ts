import { UnknownValueError } from "@pulumi/policy";
import { asPlanned } from "../plan/changes/stack-export.ts";
import {
  isObject,
  originsOf,
  type Recorded,
  type RecordedObject,
  type RecordedResource,
  unknownFrom,
  urnsIn,
} from "../plan/model/recorded.ts";

/** A resource as Pulumi's engine shows it to a policy pack. */
export interface EngineResource extends Pick<
  RecordedResource,
  "urn" | "type" | "name" | "protect" | "ignoreChanges" | "dependsOn" | "propertyDependencies" | "provider"
> {
  /** See `readInputs`. */
  readonly inputs: unknown;
}

/** The stack of a URN, which is called like its environment. */
export const environmentOf = (urn: string): string => urn.split("::")[0]?.split(":").at(-1) ?? "";

/** Copies inputs. The engine hands them over in a proxy that throws where a value is unknown in a preview. */
export function readInputs(value: unknown): Recorded {
  if (Array.isArray(value)) return value.map((_, index) => readInput(value, index));
  if (typeof value !== "object" || value === null) return (value ?? null) as Recorded;
  return Object.fromEntries(Object.keys(value).map((key) => [key, readInput(value, key)]));
}

function readInput(of: object, key: number | string): Recorded {
  try {
    return readInputs((of as Readonly<Record<number | string, unknown>>)[key]);
  } catch (error) {
    if (error instanceof UnknownValueError) return unknownFrom([]);
    throw error;
  }
}

/**
 * Resources of the engine in the form of a plan. Providers add defaults to inputs and know outputs that a plan does not: where the
 * plan has an output or a secret, or does not set a default, the engine's value is taken for the same. What the engine does not
 * show, such as what `--target` leaves out, is as planned.
 */
export function asRecorded(
  resources: readonly EngineResource[],
  planned: readonly RecordedResource[],
): RecordedResource[] {
  const plannedByUrn = new Map(planned.map((resource) => [resource.urn, resource]));
  const shown = new Map(
    resources
      .filter(({ type }) => type !== "pulumi:pulumi:Stack")
      .map((resource) => [resource.urn, withPlan(resource, plannedByUrn.get(resource.urn))]),
  );
  return [...new Map([...plannedByUrn, ...shown]).values()].toSorted((one, other) => (one.urn < other.urn ? -1 : 1));
}

function withPlan({ inputs, ...resource }: EngineResource, planned: RecordedResource | undefined): RecordedResource {
  const shown = Object.entries(inputs as RecordedObject).map(([key, value]) => [
    key,
    resolved(value, planned?.inputs[key], resource.propertyDependencies?.[key] ?? []),
  ]);
  return {
    ...(planned ?? { custom: !resource.type.startsWith("promptops:") }),
    ...resource,
    inputs: asPlanned(Object.fromEntries(shown) as RecordedObject, planned?.inputs) as RecordedObject,
  };
}

/** To the engine, a list with one unknown item is unknown: the plan's is taken if it has outputs too. Else its dependencies are known. */
function resolved(value: Recorded, planned: Recorded | undefined, origins: readonly string[]): Recorded {
  if (originsOf(value)) return urnsIn(planned).length > 0 ? (planned as Recorded) : unknownFrom(origins);
  if (!isObject(value)) return value;
  const inside = isObject(planned) ? planned : {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, inside[key], origins)]));
}
