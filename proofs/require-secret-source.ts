import { count } from "../platform/count.ts";
import { secretPathOf } from "../platform/names.ts";
import { secretProperties } from "../platform/catalogue/secret-properties.ts";
import { groupBy } from "../platform/group-by.ts";
import { type AppliedObject, appliedObjects, BEFORE } from "../plan/model/applied.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Plan, PlannedAddon } from "../plan/model/plan.ts";
import { type SecretReference, secretReferencesOf } from "../plan/model/secret-references.ts";
import { secondsOf } from "./evaluation/durations.ts";
import type { Proof } from "./proof.ts";
import { failuresOf } from "./rules.ts";

/** What creates a Secret, and the Secret that it creates. */
interface Source {
  /** `Certificate gateway/platform`. */
  readonly by: string;
  readonly wave: number;
  readonly namespace: string;
  readonly secret: string;
  readonly keys: readonly string[];
  /** The paths that it reads in the secret store. */
  readonly paths: readonly string[];
}

/** A property of a secret in the store, which becomes a key of the Secret. */
interface Property {
  readonly path: string;
  readonly property: string | undefined;
}

/** A source that is an object, which depends on a store or an issuer. */
interface ObjectSource extends Source {
  readonly from: AppliedObject;
  readonly properties: readonly Property[];
  /** Whether it says what it makes: pods mount that by name. */
  readonly isNamed: boolean;
  /** How often it looks for another value; undefined for what does not look. */
  readonly every?: string | undefined;
}

interface ExternalSecretSpec {
  readonly secretStoreRef?: { readonly kind?: string; readonly name?: string };
  readonly target?: { readonly name?: string };
  readonly refreshInterval?: string;
  readonly data?: readonly {
    readonly secretKey: string;
    readonly remoteRef: { readonly key: string; readonly property?: string };
  }[];
}

interface CertificateSpec {
  readonly secretName: string;
  readonly issuerRef: { readonly kind?: string; readonly name: string };
}

export const requireSecretSource: Proof = {
  name: "require-secret-source",
  claim: "Every secret in use has a source in the same or an earlier wave, and only its declared readers read it.",
  examine(plan) {
    const objects = appliedObjects(plan);
    const made = objects.flatMap(readSource);
    const sources = [...made, ...objects.flatMap(plainSources), ...plan.addons.flatMap(ownSources)];
    const references = secretReferencesOf(plan);
    return {
      evidence: [
        `${count(references.length, "reference")} to ${count(sources.length, "secret")}, ${count(plan.storedSecrets.length, "value")} in the store`,
      ],
      failures: [
        ...references.flatMap((reference) => referenceFailures(reference, sources)),
        ...made.flatMap((source) => originFailures(source, objects, plan)),
        ...made.flatMap((source) => [...propertyFailures(source, plan), ...refreshFailures(source)]),
        ...readerFailures(plan, references, sources),
        ...strayFailures(plan),
      ],
    };
  },
};

function readSource(from: AppliedObject): ObjectSource[] {
  const { object, wave } = from;
  const { kind, metadata } = object;
  const namespace = metadata.namespace ?? "default";
  const own = { from, by: describeObject(object), wave, namespace };
  if (kind === "ExternalSecret") {
    const { target, data = [], refreshInterval: every } = (object.spec ?? {}) as ExternalSecretSpec;
    const keys = data.map(({ secretKey }) => secretKey);
    const properties = data.map(({ remoteRef: { key, property } }) => ({ path: secretPathOf(key), property }));
    const paths = properties.map(({ path }) => path);
    const secret = target?.name;
    const isNamed = secret !== undefined;
    return [{ ...own, secret: secret ?? metadata.name, isNamed, keys, paths, properties, every: every ?? "never" }];
  }
  if (kind === "Certificate") {
    const { secretName } = (object.spec ?? {}) as CertificateSpec;
    return [{ ...own, secret: secretName, keys: ["tls.crt", "tls.key"], paths: [], properties: [], isNamed: true }];
  }
  return [];
}

/**
 * A Secret that is applied as it is: it holds what an operator reads only from a Secret, and nothing secret. An empty one is filled by
 * an operator.
 */
function plainSources({ object, wave }: AppliedObject): Source[] {
  const { kind, metadata } = object;
  if (kind !== "Secret") return [];
  // A record has the keys of the contents that it leaves out.
  const { stringData = {}, keys = [] } = object as { readonly stringData?: object; readonly keys?: readonly string[] };
  const held = [...Object.keys(stringData), ...keys];
  if (held.length === 0) return [];
  const { name: secret, namespace = "default" } = metadata;
  return [{ by: describeObject(object), wave, namespace, secret, keys: held, paths: [] }];
}

const ownSources = ({ name, makes }: PlannedAddon): Source[] =>
  makes.map(({ name: secret, ...rest }) => ({ ...rest, secret, by: `Add-on ${name}`, wave: BEFORE, paths: [] }));

function referenceFailures(
  { by, namespace, secret, keys, wave }: SecretReference,
  sources: readonly Source[],
): string[] {
  const source = sources.find((candidate) => candidate.namespace === namespace && candidate.secret === secret);
  if (!source)
    return [
      `${by} refers to secret ${namespace}/${secret}, but nothing creates it. Declare the secret or remove the reference.`,
    ];
  const failures = keys
    .filter((key) => !source.keys.includes(key))
    .map(
      (key) =>
        `${by} needs key '${key}' of secret ${namespace}/${secret}; ${source.by} creates ${source.keys.join(", ")}.`,
    );
  if (source.wave <= wave) return failures;
  return [
    ...failures,
    `${by} is applied in wave ${wave}, but ${source.by}, which creates its secret ${secret}, in wave ${source.wave}. Move the source to an earlier layer.`,
  ];
}

/** A source needs a store or an issuer in an earlier wave, and its values in the store. */
function originFailures(
  { from, by, wave, namespace, paths }: ObjectSource,
  objects: readonly AppliedObject[],
  plan: Plan,
): string[] {
  const origin = originOf(from.object);
  const found = objects.find(
    ({ object: { kind, metadata } }) =>
      kind === origin.kind &&
      metadata.name === origin.name &&
      (metadata.namespace === undefined || metadata.namespace === namespace),
  );
  const missing = paths
    .filter((path) => !plan.storedSecrets.includes(path))
    .map((path) => `${by} reads '${path}', which no cloud resource writes to the store.`);
  if (!found) return [`${by} needs ${origin.kind} '${origin.name}', which does not exist. Add it.`, ...missing];
  const failures = [...missing];
  // Argo CD retries the objects of one source until all are applied.
  const together = from.addon !== undefined && from.addon === found.addon;
  if (found.wave >= wave && !together) {
    failures.push(
      `${by} is applied in wave ${wave}, but ${describeObject(found.object)} in wave ${found.wave}. Move it to an earlier layer.`,
    );
  }
  if (!answers(found.object, namespace))
    failures.push(`${by}: ${describeObject(found.object)} does not serve namespace ${namespace}.`);
  return failures;
}

/** The password of a document is kept beside it, and so is what is made of it. */
function strayFailures({ storedSecrets, expected }: Plan): string[] {
  const known = expected.secrets.flatMap(({ path }) => [path, `${path}-password`]);
  const made = expected.secrets.filter(({ made: { kind } }) => kind === "database-role");
  return [
    ...storedSecrets
      .filter((path) => !known.includes(path))
      .map((path) => `The store keeps '${path}', which no descriptor asks for. Remove it, or correct its name.`),
    ...made
      .map(({ path }) => `${path}-password`)
      .filter((path) => !storedSecrets.includes(path))
      .map((path) => `Nothing generates '${path}', the password of a role, exactly once. Add it.`),
  ];
}

/** Without a property, a file holds the whole document. */
function propertyFailures({ by, properties }: ObjectSource, { expected }: Plan): string[] {
  const made = new Map(expected.secrets.map((secret) => [secret.path, secretProperties[secret.made.kind]]));
  return properties.flatMap(({ path, property }) => {
    const known = made.get(path);
    return known === undefined || known.includes(property ?? "")
      ? []
      : [`${by} reads property '${property ?? ""}' of '${path}', which has ${known.join(", ")}. Correct it.`];
  });
}

/** A value that was rotated after a leak must be in use within a day; each look is a request to the store. */
const REFRESH = [60, 86_400] as const;

function refreshFailures({ by, every, isNamed }: ObjectSource): string[] {
  const seconds = every === undefined ? REFRESH[0] : secondsOf(every);
  return failuresOf([
    [isNamed, `${by} does not name the Secret that it makes, so another name of its own renames it. Set target.name.`],
    [
      seconds >= REFRESH[0] && seconds <= REFRESH[1],
      `${by} is refreshed every '${every ?? ""}'; ${REFRESH.join(" to ")} s are allowed. Set refreshInterval.`,
    ],
  ]);
}

function originOf({ kind, spec = {} }: KubernetesObject): { kind: string; name: string } {
  if (kind === "Certificate") {
    const { issuerRef } = spec as CertificateSpec;
    return { kind: issuerRef.kind ?? "Issuer", name: issuerRef.name };
  }
  const { secretStoreRef } = spec as ExternalSecretSpec;
  return { kind: secretStoreRef?.kind ?? "SecretStore", name: secretStoreRef?.name ?? "" };
}

function answers({ spec = {} }: KubernetesObject, namespace: string): boolean {
  const { conditions } = spec as { readonly conditions?: readonly { readonly namespaces?: readonly string[] }[] };
  return !conditions || conditions.some(({ namespaces = [] }) => namespaces.includes(namespace));
}

/** A pod that mounts a Secret reads all its values. The readers must be those that descriptors declare. */
function readerFailures(
  { expected }: Plan,
  references: readonly SecretReference[],
  sources: readonly Source[],
): string[] {
  const reads = references.flatMap(({ workload, namespace, secret }) =>
    sources
      .filter((source) => source.namespace === namespace && source.secret === secret)
      .flatMap(({ paths }) => paths.map((path) => ({ path, reader: workload ?? "" }))),
  );
  const readers = groupBy(reads, ({ path }) => path);
  const declared = new Map(expected.secrets.map((secret) => [secret.path, secret.readers]));
  return [...new Set([...readers.keys(), ...declared.keys()])].flatMap((path) => {
    const actual = [...new Set((readers.get(path) ?? []).map(({ reader }) => reader))];
    const allowed = declared.get(path) ?? [];
    return [
      ...actual
        .filter((reader) => !allowed.includes(reader))
        .map(
          (reader) =>
            `${reader} reads '${path}' but is not a declared reader. The readers are ${allowed.join(", ") || "none"}.`,
        ),
      ...allowed
        .filter((reader) => !actual.includes(reader))
        .map((reader) => `${reader} is declared as a reader of '${path}', but does not read it.`),
    ];
  });
}
