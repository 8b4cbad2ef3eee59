import { z } from "zod";
import type { Addon } from "../platform/addon.ts";
import { type Cloud, clouds } from "../platform/clouds.ts";
import { environmentKeys } from "../platform/environment-keys.ts";
import { readKeyDescriptions } from "./key-descriptions.ts";

const PREFIX = "promptops:";

/**
 * docs/environment.schema.json: the shape of an environment file, for editors. Draft 7, which yaml-language-server reads best. What
 * holds between keys is not in it. Descriptions are those of environments.md, and of add-ons' options those of their descriptors.
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
  const described = describe(properties, "", readKeyDescriptions());
  const prefixed = Object.fromEntries(Object.entries(described).map(([key, schema]) => [`${PREFIX}${key}`, schema]));
  return {
    properties: prefixed,
    required: required.map((key) => `${PREFIX}${key}`),
    propertyNames: { anyOf: [{ enum: Object.keys(prefixed) }, { not: { pattern: `^${PREFIX}` } }] },
  };
}

type Schema = z.core.JSONSchema.BaseSchema | boolean;
type Properties = Readonly<Record<string, Schema>>;

/** The properties below a path, which ends with a dot, and all below them. */
const describe = (properties: Properties, path: string, descriptions: ReadonlyMap<string, string>): Properties =>
  Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => [key, describeSchema(schema, `${path}${key}`, descriptions)]),
  );

function describeSchema(schema: Schema, path: string, descriptions: ReadonlyMap<string, string>): Schema {
  if (typeof schema === "boolean") return schema;
  const { properties, items, additionalProperties } = schema;
  const description = descriptions.get(path) ?? descriptions.get(path.replace(".retiring.", "."));
  return {
    ...(description !== undefined && { description }),
    ...schema,
    ...(properties && { properties: describe(properties, `${path}.`, descriptions) }),
    ...(isSchema(items) && { items: describeSchema(items, `${path}[]`, descriptions) }),
    ...(isSchema(additionalProperties) && {
      additionalProperties: describeSchema(additionalProperties, `${path}.<name>`, descriptions),
    }),
  };
}

const isSchema = (value: unknown): value is z.core.JSONSchema.BaseSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
