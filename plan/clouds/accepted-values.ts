import { isObject, type Recorded, type RecordedResource, textOf } from "../model/recorded.ts";
import { nameOf } from "./inputs.ts";

/** What a cloud accepts of an input of a type. In its path, `*` is each item of a list. */
export type AcceptedValue = readonly [type: string, path: string, form: RegExp];

/** Texts and numbers that a cloud refuses. */
export const refusedValues = (resource: RecordedResource, accepted: readonly AcceptedValue[]): string[] =>
  accepted
    .filter(([type]) => type === resource.type)
    .flatMap(([, path, form]) =>
      valuesAt(resource.inputs, path.split("."))
        .filter((value) => (typeof value === "string" || typeof value === "number") && !form.test(textOf(value)))
        .map(
          (value) =>
            `${nameOf(resource)}: ${path} is '${textOf(value)}', which is refused. Write one of ${form.source}.`,
        ),
    );

/** What an input is taken for where it is missing. In its path, `*` is each item of a list. */
export type RequiredInput = readonly [type: string, path: string, otherwise: string];

export const missingInputs = (resource: RecordedResource, required: readonly RequiredInput[]): string[] =>
  required
    .filter(([type]) => type === resource.type)
    .filter(([, path]) => !isComplete(resource.inputs, path.split(".")))
    .map(([, path, otherwise]) => `${nameOf(resource)}: ${path} is not set, so ${otherwise}. Set it.`);

/** Whether each item that the path leads to has the last key. */
function isComplete(value: Recorded | undefined, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return value !== undefined;
  if (key === "*")
    return !Array.isArray(value) || (value as readonly Recorded[]).every((item) => isComplete(item, rest));
  return isComplete(isObject(value) ? value[key] : undefined, rest);
}

function valuesAt(value: Recorded | undefined, [key, ...rest]: readonly string[]): Recorded[] {
  if (value === undefined) return [];
  if (key === undefined) return [value];
  if (key === "*")
    return Array.isArray(value) ? (value as readonly Recorded[]).flatMap((item) => valuesAt(item, rest)) : [];
  return isObject(value) ? valuesAt(value[key], rest) : [];
}
