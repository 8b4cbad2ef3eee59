import { describeObject, type KubernetesObject } from "../kubernetes.ts";
import type { Row } from "../../../platform/catalogue/reference-row.ts";
import { references } from "../../../platform/catalogue/references.ts";
import { type Found, valuesAt } from "./values-at.ts";

/** A reference from one object to another. */
export interface Reference {
  /** The field: `spec.scaleTargetRef`. */
  readonly at: string;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined for what belongs to no namespace. */
  readonly namespace: string | undefined;
  /** Keys of the Secret or ConfigMap. */
  readonly keys: readonly string[];
  /** Port of the Service or Gateway, by number or name. */
  readonly port: number | string | undefined;
  /** Listener of the Gateway. */
  readonly section: string | undefined;
  /** The object is not healthy before what it names is there. */
  readonly waits: boolean;
}

/** Kinds that belong to no namespace. */
const CLUSTER_WIDE = new Set([
  "ClusterAnalysisTemplate",
  "ClusterIssuer",
  "ClusterRole",
  "ClusterRoleBinding",
  "ClusterSecretStore",
  "ClusterTriggerAuthentication",
  "CustomResourceDefinition",
  "GatewayClass",
  "IngressClass",
  "Namespace",
  "PersistentVolume",
  "PriorityClass",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "VolumeAttributesClass",
  "VolumeSnapshotClass",
]);

/** Subjects of a binding that no object stands for. */
const NOT_OBJECTS = new Set(["User", "Group"]);

/** Of an object without a version, which the API server refuses, the core group. */
export const groupOf = (apiVersion = ""): string =>
  apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";

/** `group/Kind`, or `Kind` for the core group. */
export const kindOf = ({ apiVersion, kind }: Pick<KubernetesObject, "apiVersion" | "kind">): string =>
  groupOf(apiVersion) === "" ? kind : `${groupOf(apiVersion)}/${kind}`;

/**
 * What an object names, without what it marks as optional. `serverOf` tells the namespace of the add-on that serves a kind.
 */
export function referencesOf(
  object: KubernetesObject,
  serverOf: (kind: string) => string | undefined = () => undefined,
): Reference[] {
  const { namespace } = object.metadata;
  const rows = Object.entries(references[kindOf(object)] ?? {});
  return [
    ...rows.flatMap(([place, written]) => {
      const row: Row = typeof written === "string" ? { to: written } : written;
      const home = row.home === "server" ? serverOf(kindOf(object)) : namespace;
      return valuesAt(object, place).flatMap((found) => referenceIn(found, row, home ?? "default"));
    }),
    ...(namespace === undefined ? [] : [inNamespace(namespace)]),
  ];
}

const inNamespace = (name: string): Reference => ({
  ...{ at: "metadata.namespace", group: "", kind: "Namespace", name, namespace: undefined },
  ...{ keys: [], port: undefined, section: undefined, waits: true },
});

/** Fields of a reference, over all kinds. */
interface Fields {
  readonly [key: string]: unknown;
  readonly namespace?: string;
  readonly optional?: boolean;
  readonly clusterScope?: boolean;
  readonly key?: string;
  readonly items?: readonly { readonly key: string }[];
  readonly port?: number | string | { readonly number?: number; readonly name?: string };
  readonly sectionName?: string;
}

function referenceIn({ at, value }: Found, row: Row, home: string): Reference[] {
  const fields: Fields = typeof value === "object" ? (value as Fields) : {};
  const written = nameIn(value, row);
  const target = targetOf(fields, row);
  if (typeof written !== "string" || written === "" || fields.optional || NOT_OBJECTS.has(target.kind)) return [];
  const [name = "", space] = row.qualified ? written.split("/").toReversed() : [written, fields.namespace];
  const namespace = CLUSTER_WIDE.has(target.kind) ? undefined : (space ?? home);
  const parts = { keys: keysIn(fields, row), port: portIn(fields, row), section: fields.sectionName };
  return [{ at, ...target, name, namespace, ...parts, waits: row.later === undefined }];
}

const keysIn = ({ key, items = [] }: Fields, { keys = [] }: Row): string[] => [
  ...keys,
  ...(key === undefined ? [] : [key]),
  ...items.map((item) => item.key),
];

const portIn = ({ port }: Fields, row: Row): Reference["port"] =>
  typeof port === "object" ? (port.number ?? port.name) : (port ?? row.port);

function nameIn(value: unknown, { name }: Row): unknown {
  if (typeof value !== "object") return value;
  const fields = value as Fields;
  return name === undefined ? (fields["name"] ?? fields["secretName"] ?? fields["claimName"]) : fields[name];
}

/** The kind that a reference names; its group is that of the row where it names none. */
function targetOf(fields: Fields, { to, kind: kindKey = "kind" }: Row): { group: string; kind: string } {
  const [kind = "", group = ""] = to.split("/").toReversed();
  const named = kindKey === false ? undefined : fields[kindKey];
  if (typeof named !== "string") return { group, kind: fields.clusterScope === true ? `Cluster${kind}` : kind };
  const { apiVersion, apiGroup = fields["group"] } = fields;
  if (typeof apiVersion === "string") return { group: groupOf(apiVersion), kind: named };
  return { group: typeof apiGroup === "string" ? apiGroup : group, kind: named };
}

/** `Deployment application/api`. */
export const describeReference = ({ kind, name, namespace }: Pick<Reference, "kind" | "name" | "namespace">): string =>
  describeObject({ apiVersion: "", kind, metadata: { name, ...(namespace !== undefined && { namespace }) } });
