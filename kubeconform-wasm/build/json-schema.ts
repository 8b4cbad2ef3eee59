import type { SchemaSet } from "../index.js";

/** A node of an OpenAPI or JSON schema; `properties` maps names, not keywords, and is walked as such. */
export type Schema = { [keyword: string]: unknown };

export interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A document of its own for each definition: the validator compiles those that a manifest leads to, not all of them. */
const definitionUrl = (name: string): string => `schema://kubernetes/${name}.json`;
/** The same definition at the top of a manifest, where `apiVersion` and `kind` must stand; inside of others they may. */
const kindUrl = (name: string): string => `schema://kubernetes/kinds/${name}.json`;
const OBJECT_META = definitionUrl("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
const KEPT_FORMATS = new Set(["date-time"]);
const NUMBER_OR_STRING: Schema = { anyOf: [{ type: "number" }, { type: "string" }] };
const INTEGER_OR_STRING: Schema = { anyOf: [{ type: "integer" }, { type: "string" }] };

/** The strict schemas of every built-in kind in Kubernetes' own OpenAPI document (`api/openapi-spec/swagger.json`). */
export function builtInSchemas(swagger: { readonly definitions: Readonly<Record<string, Schema>> }): SchemaSet {
  const documents: Record<string, Schema> = {};
  const kinds: Record<string, string> = {};
  for (const [name, definition] of Object.entries(swagger.definitions)) {
    const identities = (definition["x-kubernetes-group-version-kind"] ?? []) as GroupVersionKind[];
    const [identity, ...others] = identities;
    // Nobody applies a list, nor DeleteOptions and the like, which are served in every group.
    if (identity?.kind.endsWith("List")) continue;
    documents[definitionUrl(name)] = wellKnown[name] ?? strict(definition);
    if (identity && others.length === 0) {
      documents[kindUrl(name)] = asKind(strict(definition), identity);
      kinds[`${apiVersion(identity)}/${identity.kind}`] = kindUrl(name);
    }
  }
  return { documents, kinds };
}

/** The strict schemas of the served versions of custom kinds. */
export function customSchemas(resources: readonly CustomResourceDefinition[]): SchemaSet {
  const documents: Record<string, Schema> = {};
  const kinds: Record<string, string> = {};
  for (const { spec } of resources) {
    for (const { name: version, schema } of spec.versions.filter(({ served }) => served)) {
      const identity = { group: spec.group, version, kind: spec.names.kind };
      const url = `schema://promptops/${spec.group}/${version}/${spec.names.kind}.json`;
      const kind = asKind(strict(schema.openAPIV3Schema), identity);
      documents[url] = { ...kind, properties: { ...(kind["properties"] as Schema), metadata: { $ref: OBJECT_META } } };
      kinds[`${apiVersion(identity)}/${identity.kind}`] = url;
    }
  }
  return { documents, kinds };
}

const wellKnown: Record<string, Schema> = {
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": INTEGER_OR_STRING,
  "io.k8s.apimachinery.pkg.api.resource.Quantity": NUMBER_OR_STRING,
};

const apiVersion = ({ group, version }: GroupVersionKind): string => (group === "" ? version : `${group}/${version}`);

function asKind(schema: Schema, identity: GroupVersionKind): Schema {
  const own = { apiVersion: { enum: [apiVersion(identity)] }, kind: { enum: [identity.kind] } };
  const required = new Set([...((schema["required"] ?? []) as string[]), "apiVersion", "kind", "metadata"]);
  return { ...schema, properties: { ...(schema["properties"] as Schema), ...own }, required: [...required] };
}

/** Keywords that say nothing a validator needs: prose, Kubernetes' extensions, and `nullable`, which JSON schema lacks. */
const isDropped = (keyword: string, value: unknown): boolean =>
  ["description", "title", "nullable"].includes(keyword) ||
  keyword.startsWith("x-") ||
  (keyword === "format" && !KEPT_FORMATS.has(value as string));

/** A copy without prose and Kubernetes' extensions, in which an object takes no property that it does not name. */
function strict(schema: Schema): Schema {
  if (schema["x-kubernetes-int-or-string"] === true) return INTEGER_OR_STRING;
  const reference = schema["$ref"];
  if (typeof reference === "string") return { $ref: definitionUrl(reference.replace("#/definitions/", "")) };
  const kept = Object.entries(schema).filter(([keyword, value]) => !isDropped(keyword, value));
  const result: Schema = Object.fromEntries(
    kept.map(([keyword, value]) => [
      keyword,
      keyword === "properties" ? mapValues(value as Record<string, Schema>, strict) : strictValue(value),
    ]),
  );
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true || "additionalProperties" in schema;
  if ("properties" in result && !open) result["additionalProperties"] = false;
  if (schema["nullable"] === true) result["type"] = [schema["type"], "null"];
  return result;
}

function strictValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strictValue);
  return value !== null && typeof value === "object" ? strict(value as Schema) : value;
}

function mapValues<V, W>(record: Record<string, V>, transform: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, transform(value)]));
}
