import { parseDocument, type Tags } from "yaml";
import { canonicalJson } from "./record.ts";
import { fieldsOf, type RenderedObject } from "./kept-fields.ts";

/** Kinds of Kubernetes' own groups that belong to no namespace. */
const CLUSTER_SCOPED = new Set([
  "APIService",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "CSIDriver",
  "CustomResourceDefinition",
  "DeviceClass",
  "FlowSchema",
  "IngressClass",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttributesClass",
]);
/** Groups of Kubernetes itself. Others that end in `.k8s.io` are custom kinds. */
const BUILT_IN_GROUP =
  /^([a-z]+|(admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage)\.k8s\.io)$/;

const parsed = new Map<string, RenderedObject[]>();

/**
 * The objects of a renderer's output, sorted. Those without a namespace get the add-on's where their kind has one, as Argo CD and
 * Helm do when they apply them.
 */
export function objectsIn(output: string, namespace: string): RenderedObject[] {
  const objects = output.split(/^---(?:[ \t].*)?$/m).flatMap(objectsOfDocument);
  const custom = new Map(objects.filter(({ kind }) => kind === "CustomResourceDefinition").map(scopeOf));
  const placed = objects.map((object) => (isNamespaced(object, custom) ? inNamespace(object, namespace) : object));
  return placed.toSorted((one, other) => (identityOf(one) < identityOf(other) ? -1 : 1));
}

/** Kind, namespace and name. */
export function identityOf({ apiVersion, kind, metadata }: RenderedObject): string {
  return [apiVersion, kind, ...[metadata["namespace"], metadata["name"]].map((part) => canonicalJson(part ?? ""))].join(
    " ",
  );
}

/** Charts repeat the same long definitions in each rendering. */
function objectsOfDocument(text: string): RenderedObject[] {
  const known = parsed.get(text);
  if (known) return known;
  // As the Go library of helm and kubectl reads YAML: 0644 is octal and 'on' is true, but 12:30 is text.
  const options = { schema: "yaml-1.1", version: "1.1", customTags: goTags } as const;
  const content = parseDocument(text, options).toJS({ maxAliasCount: -1 }) as RenderedObject | null;
  const objects = content === null ? [] : content.kind === "List" ? (content["items"] as RenderedObject[]) : [content];
  parsed.set(text, objects);
  return objects;
}

const goTags = (tags: Tags): Tags =>
  tags.filter(
    (tag) =>
      typeof tag === "string" ||
      (tag.tag !== "tag:yaml.org,2002:timestamp" && !("format" in tag && tag.format === "TIME")),
  );

function scopeOf({ spec }: RenderedObject): [string, boolean] {
  const { group, scope, names } = fieldsOf(spec);
  return [`${String(group)}/${String(fieldsOf(names)["kind"])}`, scope === "Namespaced"];
}

function isNamespaced({ apiVersion, kind }: RenderedObject, custom: ReadonlyMap<string, boolean>): boolean {
  const group = apiVersion.includes("/") ? apiVersion.replace(/\/.*/, "") : "core";
  return custom.get(`${group}/${kind}`) ?? (BUILT_IN_GROUP.test(group) && !CLUSTER_SCOPED.has(kind));
}

const inNamespace = (object: RenderedObject, namespace: string): RenderedObject =>
  object.metadata["namespace"] === undefined ? { ...object, metadata: { ...object.metadata, namespace } } : object;
