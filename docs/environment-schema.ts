import { z } from "zod";
import type { Addon } from "../platform/addon.ts";
import { type Cloud, clouds } from "../platform/clouds.ts";
import { environmentKeys } from "../platform/environment-keys.ts";

const PREFIX = "promptops:";

/**
 * docs/environment.schema.json: the shape of an environment file, for editors. Draft 7, which yaml-language-server reads best. What
 * holds between keys is not in it.
 */
export function environmentJsonSchema(addons: readonly Addon[]): object {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "PromptOps environment",
    type: "object",
    required: ["config"],
    properties: {
      config: {
        type: "object",
        required: [`${PREFIX}cloud`],
        properties: { [`${PREFIX}cloud`]: { enum: clouds } },
        allOf: clouds.map((cloud) => ({
          if: { properties: { [`${PREFIX}cloud`]: { const: cloud } } },
          then: keysOf(cloud, addons),
        })),
      },
    },
  };
}

/** Keys of other namespaces are Pulumi's. */
function keysOf(cloud: Cloud, addons: readonly Addon[]): object {
  const keys = z.object(environmentKeys(cloud, addons));
  const { properties = {}, required = [] } = z.toJSONSchema(keys, { io: "input", target: "draft-7" });
  const prefixed = Object.fromEntries(Object.entries(properties).map(([key, schema]) => [`${PREFIX}${key}`, schema]));
  return {
    properties: prefixed,
    required: required.map((key) => `${PREFIX}${key}`),
    propertyNames: { anyOf: [{ enum: Object.keys(prefixed) }, { not: { pattern: `^${PREFIX}` } }] },
  };
}
