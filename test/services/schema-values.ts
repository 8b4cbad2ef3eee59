import fc from "fast-check";

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Values that a schema of an OpenAPI document allows. `uuids` are those that exist. Throws for a schema that it does not know. */
export function valuesOf(
  schema: JsonSchema,
  resolve: (ref: string) => JsonSchema,
  uuids: readonly string[],
): fc.Arbitrary<unknown> {
  const inner = (each: JsonSchema): fc.Arbitrary<unknown> => valuesOf(each, resolve, uuids);
  if (schema.$ref !== undefined) return inner(resolve(schema.$ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map(inner));
  if (Object.keys(schema).every((key) => key === "description")) return fc.jsonValue();
  const byType: Readonly<Record<string, () => fc.Arbitrary<unknown>>> = {
    object: () => objectsOf(schema, inner),
    array: () =>
      fc.array(inner(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      }),
    string: () => stringsOf(schema, uuids),
    integer: () => numbersOf(schema, (min, max) => fc.integer({ min, max })),
    number: () => numbersOf(schema, (min, max) => fc.double({ min, max, noNaN: true })),
    boolean: () => fc.boolean(),
    null: () => fc.constant(null),
  };
  const types = [schema.type ?? []].flat().map((type) => byType[type]?.());
  const values = types.filter((type) => type !== undefined);
  if (values.length === 0 || values.length < types.length) throw new Error(`no values for ${JSON.stringify(schema)}`);
  return fc.oneof(...values);
}

const numbersOf = (
  { minimum = -100, maximum = 100 }: JsonSchema,
  between: (min: number, max: number) => fc.Arbitrary<number>,
): fc.Arbitrary<number> => fc.oneof(between(minimum, minimum), between(minimum, Math.min(maximum, 2 ** 31 - 1)));

function objectsOf(schema: JsonSchema, inner: (schema: JsonSchema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties, propertyNames = { type: "string" } } = schema;
  const fields = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, inner(each)]));
  const known = fc.record(fields, { requiredKeys: [...required] });
  if (typeof additionalProperties !== "object") return known;
  const more = fc.dictionary(inner(propertyNames) as fc.Arbitrary<string>, inner(additionalProperties), { maxKeys: 1 });
  return fc.tuple(more, known).map(([other, own]) => ({ ...other, ...own }));
}

function stringsOf(
  { format, pattern, minLength = 0, maxLength = 40 }: JsonSchema,
  uuids: readonly string[],
): fc.Arbitrary<string> {
  if (format === "uuid")
    return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...uuids) }, { weight: 1, arbitrary: fc.uuid() });
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const known = ["simulated", "{{text}}", "{{name}}"].filter((text) => text.length >= minLength);
  const any = fc.string({ unit: "grapheme", minLength, maxLength: Math.min(maxLength, 40) });
  return known.length === 0 ? any : fc.oneof(fc.constantFrom(...known), any);
}
