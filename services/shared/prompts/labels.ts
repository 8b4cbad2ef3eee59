import { z } from "zod";

/** The name of a label. Without one, an execution gets the latest version: so no label has that name. */
export const labelName = z
  .string()
  .regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be a lower-case letter, then letters, digits and '-', at most 63")
  .refine((name) => name !== "latest", "'latest' is no label; name neither a label nor a version for the latest one");

/** What is wrong with a request that names a version and a label. */
export const BOTH_NAMED = "must not be given with 'version'; name one of them";
