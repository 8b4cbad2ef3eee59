import { z } from "zod";
import { flag, whole } from "./schema.ts";

export const cdnSchema = z.strictObject({
  /** Requests per minute from one client address. The firewall answers further ones with 429. @default 10,000 */
  clientRate: whole(100, 1_000_000, "a number of requests per minute").optional(),
  /** Whether Shield Advanced protects it. The account must be subscribed. @default false */
  shieldAdvanced: flag.optional(),
});
