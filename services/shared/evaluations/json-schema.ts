import { Ajv2020 } from "ajv/dist/2020.js";
import { bounded, ExpressionError } from "../workflows/expressions.ts";

/** Draft 2020-12. Keywords that are unknown say nothing, as the draft has it. */
const OPTIONS = { strict: false, logger: false, validateFormats: false } as const;

/** Throws an ExpressionError that says why a schema is none, or cannot be compiled within the time of an expression. */
export function checkSchema(schema: Readonly<Record<string, unknown>>): void {
  bounded(() => {
    new Ajv2020(OPTIONS).compile(schema);
  });
}

/**
 * Whether an output is a JSON value that the schema allows. Throws an ExpressionError when that takes longer than an expression may: a schema
 * is its tenant's, and its patterns are regular expressions that can take forever.
 */
export function satisfies(schema: Readonly<Record<string, unknown>>, output: string): boolean {
  return bounded(() => {
    const value = parsed(output);
    return value !== undefined && new Ajv2020({ ...OPTIONS, validateSchema: false }).validate(schema, value.json);
  });
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw new ExpressionError("The output cannot be parsed.", { cause: error });
  }
}
