import { z } from "zod";
import { bytes, QUANTITY } from "./quantity.ts";

/** Text of one form. The error states the rule and shows a value that keeps it. */
export function text(pattern: RegExp, rule: string, example: string): z.ZodType<string> {
  const error = `must be ${rule}. Write it like ${example}.`;
  return z.string({ error }).regex(pattern, { error });
}

/** A URL of one form, with neither query nor fragment: what is appended to it would become part of them. */
export function url(pattern: RegExp, rule: string, example: string): z.ZodType<string> {
  const error = `must be ${rule}. Write it like ${example}.`;
  const isUrl = (value: string): boolean => URL.canParse(value) && !/[?#]/.test(value);
  return z.string({ error }).regex(pattern, { error, abort: true }).refine(isUrl, { error });
}

export function whole(minimum: number, maximum: number, what: string): z.ZodType<number> {
  const error = `must be ${what}, a whole number from ${minimum} to ${maximum}.`;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error });
}

/** The smallest amount that serves, and why less does not. */
export interface Minimum {
  readonly min: string;
  readonly because: string;
}

/** An amount of bytes, as text. Kubernetes takes a number too. */
export function quantity(what: string, example: string, { min, because }: Minimum): z.ZodType<string> {
  const error = `must be ${what} as a Kubernetes quantity. Write it like ${example}.`;
  return z
    .union([z.string().regex(QUANTITY, { error }), z.number()], { error })
    .transform(String)
    .refine((value) => bytes(value) >= bytes(min), { error: `must be at least ${min}: ${because}. Raise it.` });
}

export const smallestVolume: Minimum = { min: "1Gi", because: "volumes have whole gibibytes" };

export const flag = z.boolean({ error: "must be true or false." });

export const label = text(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/, "lower-case letters, digits and '-'", "application");

export const isUnique = (list: readonly string[]): boolean => new Set(list).size === list.length;

/** A list whose order has no meaning. It is sorted when it is read, so that nothing derived from it depends on the order. */
export const set = (
  item: z.ZodType<string>,
  { list, twice }: Readonly<Record<"list" | "twice", string>>,
): z.ZodArray<z.ZodType<string>> =>
  z.array(item, { error: `must be ${list}.` }).refine(isUnique, { error: `must not ${twice} twice.` });
export const sorted = (items: readonly string[]): string[] => items.toSorted();

/** Between which numbers an autoscaler keeps pods. */
export const replicas = z
  .strictObject({ min: whole(1, 1000, "a number of replicas"), max: whole(1, 1000, "a number of replicas") })
  .refine(({ min, max }) => min <= max, {
    path: ["min"],
    error: "must not exceed 'max'. Lower one or raise the other.",
  });
