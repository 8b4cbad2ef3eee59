import { addressesIn } from "./addresses.ts";

type Fields = Readonly<Record<string, unknown>>;

/** An object as rendered. */
export interface RenderedObject extends Fields {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Fields;
}

/** Annotations that Argo CD, cert-manager, a cloud or Prometheus acts on. */
const KEPT_ANNOTATIONS =
  /^(helm\.sh\/(hook|resource-policy)|argocd\.argoproj\.io\/|cert-manager\.io\/|eks\.amazonaws\.com\/|prometheus\.io\/)/;
/** Written by the API server, or for people. */
const DROPPED_FIELDS = new Set(["status", "description", "caBundle", "creationTimestamp"]);
const DATA_FIELDS = ["data", "stringData", "binaryData"] as const;

/** What the API server, a policy evaluator and the proofs read of an object: no contents, scripts or prose. */
export function keptOf(object: RenderedObject): Fields {
  const { apiVersion, kind } = object;
  const metadata = keptMetadata(object.metadata);
  if (kind === "CustomResourceDefinition")
    return { apiVersion, kind, metadata, spec: keptDefinition(fieldsOf(object["spec"])) };
  if (kind === "ConfigMap" || kind === "Secret") return { apiVersion, kind, metadata, ...keptContents(object) };
  const texts: string[] = [];
  const kept = keptFields(object, texts) as Fields;
  return { ...kept, ...found(addressesIn(texts.join("\n"))) };
}

function keptMetadata({ name, namespace, labels, annotations }: Fields): Fields {
  const kept = Object.entries(fieldsOf(annotations)).filter(([key]) => KEPT_ANNOTATIONS.test(key));
  return {
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    ...(Object.keys(fieldsOf(labels)).length > 0 && { labels }),
    ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
  };
}

function keptFields(value: unknown, texts: string[], key = ""): unknown {
  if (typeof value === "string" && value.trimEnd().includes("\n")) {
    texts.push(value);
    return `(${value.trimEnd().split("\n").length} lines)`;
  }
  if (Array.isArray(value)) return value.map((each) => keptFields(each, texts));
  if (typeof value !== "object" || value === null) return value;
  if (key === "metadata") return keptMetadata(value as Fields);
  const entries = Object.entries(value).filter(
    ([inner, each]) => !DROPPED_FIELDS.has(inner) || (typeof each === "object" && inner === "description"),
  );
  return Object.fromEntries(entries.map(([inner, each]) => [inner, keptFields(each, texts, inner)]));
}

function keptDefinition({ group, scope, names, versions, conversion }: Fields): Fields {
  const { kind, plural } = fieldsOf(names);
  const served = (versions as readonly Fields[])
    .filter((version) => version["served"])
    .map((version) => ({ name: version["name"], served: true }));
  const { strategy, webhook } = fieldsOf(conversion);
  return {
    group,
    scope,
    names: { kind, plural },
    versions: served,
    ...(strategy === "Webhook" && { conversion: { strategy, webhook: keptFields(webhook, []) } }),
  };
}

function keptContents(object: RenderedObject): Fields {
  const contents = DATA_FIELDS.flatMap((field) =>
    Object.entries(fieldsOf(object[field])).map(([key, value]) => ({
      key,
      text: textOf(object.kind, field, String(value)),
    })),
  );
  const { type } = object;
  return {
    ...(type !== undefined && { type }),
    keys: contents.map(({ key }) => key).toSorted(),
    ...found(addressesIn(contents.map(({ text }) => text).join("\n"))),
  };
}

const textOf = (kind: string, field: string, value: string): string =>
  field === "binaryData" ? "" : kind === "Secret" && field === "data" ? Buffer.from(value, "base64").toString() : value;

const found = (addresses: readonly string[]): Fields => (addresses.length > 0 ? { addresses } : {});

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
