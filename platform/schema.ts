import { z } from "zod";
import { bytes, isQuantity } from "./quantity.ts";

/** Text of one form. The error states the rule and shows a value that keeps it. */
export function text(pattern: RegExp, rule: string, example: string): z.ZodType<string> {
  const error = `must be ${rule}. Write it like ${example}.`;
  return z.string({ error }).regex(pattern, { error });
}

export function whole(minimum: number, maximum: number, what: string): z.ZodType<number> {
  const error = `must be ${what}, a whole number from ${minimum} to ${maximum}.`;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error });
}

export function quantity(what: string, example: string): z.ZodType<string> {
  const error = `must be ${what} as a Kubernetes quantity. Write it like ${example}.`;
  return z.string({ error }).refine((value) => isQuantity(value) && bytes(value) > 0, { error });
}

export const flag = z.boolean({ error: "must be true or false." });

export const label = text(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/, "lower-case letters, digits and '-'", "application");
