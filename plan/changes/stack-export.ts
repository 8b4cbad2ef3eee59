import { z } from "zod";
import {
  hidden,
  isObject,
  originsOf,
  type Recorded,
  type RecordedObject,
  type RecordedResource,
} from "../model/recorded.ts";

const urns = z.array(z.string());
const schema = z.object({
  deployment: z.object({
    resources: z.array(
      z.object({
        urn: z.string(),
        type: z.string(),
        custom: z.boolean().default(false),
        /** Waits to be deleted, after its replacement was made. */
        delete: z.boolean().default(false),
        protect: z.boolean().default(false),
        provider: z.string().optional(),
        inputs: z.record(z.string(), z.json()).default({}),
        dependencies: urns.default([]),
        propertyDependencies: z.record(z.string(), urns.nullable()).optional(),
      }),
    ),
  }),
});

export type StackExport = z.infer<typeof schema>;

/** Whether a document is what `pulumi stack export` writes (version 3 of its format). */
export const isStackExport = (document: unknown): document is object => schema.safeParse(document).success;

/** Marks secrets in a state: `resource.SigKey` and `resource.SecretSig` of Pulumi. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
/** What providers add to the inputs of every resource, or of a Release, in addition to defaults. */
const ADDED = ["region", "tagsAll", "checksum", "resourceNames"];

/**
 * The resources of a stack, as a plan would have recorded them. A state has the values of outputs, and inputs that providers
 * added: where the plan has an output, or does not set such an input, the state's value is taken for the same.
 */
export function resourcesOfExport(
  document: object,
  environment: string,
  planned: readonly RecordedResource[],
): readonly RecordedResource[] | undefined {
  const { resources } = schema.parse(document).deployment;
  const own = resources.filter(({ urn }) => urn.startsWith(`urn:pulumi:${environment}::`));
  if (own.length === 0) return undefined;
  const plannedInputs = new Map(planned.map(({ urn, inputs }) => [urn, inputs]));
  return own
    .filter((resource) => !resource.delete)
    .map(({ urn, type, custom, protect, provider, inputs, dependencies, propertyDependencies = {} }) => ({
      ...{ urn, type, name: urn.split("::").at(-1) ?? urn, custom, protect },
      inputs: asPlanned(inputs as RecordedObject, plannedInputs.get(urn)) as RecordedObject,
      ...{ ignoreChanges: [], dependsOn: dependencies },
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([input, from]) => [input, from ?? []]),
      ),
      ...(provider !== undefined && { provider: provider.split("::").slice(0, -1).join("::") }),
    }));
}

function asPlanned(value: Recorded, planned: Recorded | undefined): Recorded {
  if (isObject(planned) && (originsOf(planned) !== undefined || "$secret" in planned)) return planned;
  if (Array.isArray(value)) {
    const list: readonly Recorded[] = Array.isArray(planned) ? (planned as readonly Recorded[]) : [];
    return (value as readonly Recorded[]).map((item, index) => asPlanned(item, list[index]));
  }
  if (!isObject(value)) return value;
  return SIGNATURE in value ? hidden : setByProgram(value, isObject(planned) ? planned : {});
}

function setByProgram(value: RecordedObject, planned: RecordedObject): RecordedObject {
  const { __defaults: defaults } = value;
  const added = [...ADDED, ...(Array.isArray(defaults) ? (defaults as readonly Recorded[]) : [])];
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("__") && (key in planned || !added.includes(key)))
      .map(([key, item]) => [key, asPlanned(item, planned[key])]),
  );
}
