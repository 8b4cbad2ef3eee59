import { z } from "zod";
import { UserError } from "../../../platform/faults.ts";

const bucket = z.strictObject({
  bucket: z.string().min(3).max(63),
  region: z.string().min(1),
  /** @default - Amazon's own, for the region. One that speaks plain HTTP is connected to without the egress proxy */
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
});

const directory = z.strictObject({
  directory: z.string().min(1),
  /** The port of this machine on which signed requests are answered. */
  port: z.int().min(0).max(65_535),
});

export type ObjectSettings = z.output<typeof bucket> | z.output<typeof directory>;

/** What PROMPTOPS_OBJECTS says. Throws a UserError. */
export function parseObjectSettings(text: string): ObjectSettings {
  const parsed = z.union([bucket, directory]).safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new UserError(
    `PROMPTOPS_OBJECTS is '${text}'; it must be JSON, such as {"bucket": "objects", "region": "eu-central-1"} or {"directory": "/var/lib/objects", "port": 8090}. Correct it.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
