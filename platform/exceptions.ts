import { z } from "zod";
import { text } from "./schema.ts";

const exception = z.strictObject({
  proof: text(/^[a-z]+(-[a-z]+)+$/, "the name of a proof", "require-encryption"),
  /** How the failure starts. `*` stands for any text, but not for all of it. */
  object: text(
    /^(?=.*[A-Za-z0-9]).+$/,
    "an object as the proof prints it, with '*' for any text",
    "Deployment application/*",
  ),
  reason: text(
    /^\S.{19,}$/,
    "why the failure does no harm, in 20 characters or more",
    "The cache holds no data of tenants",
  ),
  owner: text(/^\S(.*\S)?$/, "who decides about it", "platform@promptops.io"),
  /** The last day on which it holds, in UTC. */
  until: z.iso.date({ error: "must be a date. Write it like 2026-12-31." }),
});

/** A failure of a proof that an environment accepts for a while. */
export type ProofException = z.output<typeof exception>;

export const exceptions = z.array(exception, { error: "must be a list of exceptions." });
