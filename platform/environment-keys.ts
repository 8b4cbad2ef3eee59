import { z } from "zod";
import type { Addon } from "./addon.ts";
import type { Cloud } from "./clouds.ts";
import { cloudKeys, sharedKeys } from "./environment.ts";

/** Every key below `promptops:` in the file of an environment on this cloud. */
export function environmentKeys(cloud: Cloud, addons: readonly Addon[]): Readonly<Record<string, z.ZodType>> {
  return { ...sharedKeys, ...cloudKeys[cloud], addons: addonsSchema(addons).optional() };
}

/** Each add-on's own options, and the version where its source has several. */
function addonsSchema(addons: readonly Addon[]): z.ZodType {
  const known = addons.map(({ name }) => name).join(", ");
  const keys = addons.map((addon) => [addon.name, addonSchema(addon).optional()] as const);
  return z.strictObject(Object.fromEntries(keys), {
    error: `must map add-ons to their options. The add-ons are ${known}.`,
  });
}

function addonSchema({ options, delivery }: Addon): z.ZodType {
  if (!("source" in delivery)) return options;
  const { versions } = delivery.source;
  const error = `must be a version that is recorded: ${versions.join(", ")}. Take one, or add it to the descriptor and run npm run build:addons.`;
  return options.extend({
    version: z.enum(versions, { error }).optional().describe(`pins a recorded version; default ${versions[0]}`),
  });
}
