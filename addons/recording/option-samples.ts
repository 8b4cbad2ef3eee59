import { z } from "zod";
import { UserError } from "../../platform/faults.ts";

/** Tried in this order where any value of the right form will do. */
const CANDIDATES: readonly unknown[] = [
  "sample",
  "1Gi",
  "64Mi",
  "500m",
  "sample.example.com",
  "https://sample.example.com",
  "sample@example.com",
  "10.0.0.0/16",
  "1.2.3",
  "1h",
  ...Array.from({ length: 101 }, (_, number) => number),
  1000,
  10_000,
  true,
];
const MAX_SAMPLES = 5000;

/**
 * Values of a schema, so many that each form is among them: optional keys with and without, booleans and enums with each value,
 * lists and records empty and with one entry. Of everything else one value will do, because it may only fill a hole.
 */
export function samplesOf(schema: z.core.$ZodType, path = "options"): unknown[] {
  const samples = rawSamples(schema as z.ZodType, path).filter((sample) => z.safeParse(schema, sample).success);
  if (samples.length > MAX_SAMPLES) {
    throw new UserError(`${path}: more than ${MAX_SAMPLES} combinations to record. Use fewer booleans and enums.`);
  }
  return samples;
}

function rawSamples(schema: z.ZodType, path: string): unknown[] {
  if (isOptional(schema)) return [undefined, ...samplesOf(schema.unwrap(), path)];
  if (schema instanceof z.ZodNullable) return [null, ...samplesOf(schema.unwrap(), path)];
  if (schema instanceof z.ZodReadonly) return samplesOf(schema.unwrap(), path);
  if (schema instanceof z.ZodPipe) return samplesOf(schema.in, path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => samplesOf(option, path));
  return compositeSamples(schema, path);
}

const isOptional = (schema: z.ZodType): schema is z.ZodOptional | z.ZodDefault | z.ZodPrefault =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;

function compositeSamples(schema: z.ZodType, path: string): unknown[] {
  if (schema instanceof z.ZodBoolean) return [false, true];
  if (schema instanceof z.ZodEnum) return schema.options;
  if (schema instanceof z.ZodLiteral) return [...schema.values];
  if (schema instanceof z.ZodObject) return objectSamples(schema, path);
  if (schema instanceof z.ZodArray) return [[], ...samplesOf(schema.element, `${path}[]`).map((each) => [each])];
  if (schema instanceof z.ZodRecord)
    return [{}, ...samplesOf(schema.valueType, `${path}.*`).map((each) => ({ sample: each }))];
  const found = CANDIDATES.find((candidate) => schema.safeParse(candidate).success);
  if (found !== undefined) return [found];
  throw new UserError(
    `${path}: the recorder knows no value of this form. Add one to CANDIDATES in addons/recording/option-samples.ts.`,
  );
}

function objectSamples(schema: z.ZodObject, path: string): object[] {
  return Object.entries(schema.shape).reduce<object[]>(
    (samples, [key, inner]) => {
      const values = samplesOf(inner as z.core.$ZodType, `${path}.${key}`);
      return samples.flatMap((sample) =>
        values.map((value) => (value === undefined ? sample : { ...sample, [key]: value })),
      );
    },
    [{}],
  );
}
