import { secretPathOf } from "../platform/names.ts";
import { groupBy } from "../platform/group-by.ts";
import { describeObject, type KubernetesObject, waveOf } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { type SecretReference, secretReferencesOf } from "../plan/model/secret-references.ts";
import type { Proof } from "./proof.ts";

/** An object that makes a Secret, and the Secret it makes. */
interface Source {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly secret: string;
  readonly keys: readonly string[];
  /** What it reads in the secret store. */
  readonly paths: readonly string[];
}

interface ExternalSecretSpec {
  readonly secretStoreRef?: { readonly kind?: string; readonly name?: string };
  readonly target?: { readonly name?: string };
  readonly data?: readonly { readonly secretKey: string; readonly remoteRef: { readonly key: string } }[];
}

interface CertificateSpec {
  readonly secretName: string;
  readonly issuerRef: { readonly kind?: string; readonly name: string };
}

export const requireSecretSource: Proof = {
  name: "require-secret-source",
  claim: "Every secret referred to has a source, no later than it is needed, and only those read it who were declared to.",
  examine(plan) {
    const objects = plan.objects.map(({ manifest }) => manifest);
    const sources = objects.flatMap(readSource);
    const references = secretReferencesOf(plan);
    return {
      evidence: [
        `${references.length} references to ${sources.length} secrets, ${plan.storedSecrets.length} values in the store`,
      ],
      failures: [
        ...references.flatMap((reference) => referenceFailures(reference, sources)),
        ...sources.flatMap((source) => originFailures(source, objects, plan)),
        ...readerFailures(plan, references, sources),
      ],
    };
  },
};

function readSource(object: KubernetesObject): Source[] {
  const { kind, metadata } = object;
  const namespace = metadata.namespace ?? "default";
  if (kind === "ExternalSecret") {
    const { target, data = [] } = object.spec as ExternalSecretSpec;
    const keys = data.map(({ secretKey }) => secretKey);
    const paths = data.map(({ remoteRef }) => secretPathOf(remoteRef.key));
    return [{ object, namespace, secret: target?.name ?? metadata.name, keys, paths }];
  }
  if (kind === "Certificate") {
    return [
      {
        object,
        namespace,
        secret: (object.spec as CertificateSpec).secretName,
        keys: ["tls.crt", "tls.key"],
        paths: [],
      },
    ];
  }
  return [];
}

function referenceFailures(
  { by, namespace, secret, keys, wave }: SecretReference,
  sources: readonly Source[],
): string[] {
  const source = sources.find((candidate) => candidate.namespace === namespace && candidate.secret === secret);
  if (!source)
    return [
      `${by} refers to secret ${namespace}/${secret}, and nothing makes it. Declare the secret, or drop the reference.`,
    ];
  const failures = keys
    .filter((key) => !source.keys.includes(key))
    .map(
      (key) =>
        `${by} wants key '${key}' of secret ${namespace}/${secret}; ${describeObject(source.object)} makes ${source.keys.join(", ")}.`,
    );
  if (waveOf(source.object) <= wave) return failures;
  return [
    ...failures,
    `${by} is applied in wave ${wave}, but ${describeObject(source.object)}, which makes its secret ${secret}, only in wave ${waveOf(source.object)}. Put the source first.`,
  ];
}

/** A source stands on a store or an issuer, which must be there before it; and on values, which must be in the store. */
function originFailures(
  { object, namespace, paths }: Source,
  objects: readonly KubernetesObject[],
  plan: Plan,
): string[] {
  const at = describeObject(object);
  const origin = originOf(object);
  const found = objects.find(
    ({ kind, metadata }) =>
      kind === origin.kind &&
      metadata.name === origin.name &&
      (metadata.namespace === undefined || metadata.namespace === namespace),
  );
  const missing = paths
    .filter((path) => !plan.storedSecrets.includes(path))
    .map((path) => `${at} reads '${path}', which no cloud resource puts into the store.`);
  if (!found) return [`${at} stands on ${origin.kind} '${origin.name}', which is not there.`, ...missing];
  const failures = [...missing];
  if (waveOf(found) >= waveOf(object)) {
    failures.push(
      `${at} is applied in wave ${waveOf(object)}, but ${describeObject(found)} only in wave ${waveOf(found)}. Put it first.`,
    );
  }
  if (!answers(found, namespace))
    failures.push(`${at}: ${describeObject(found)} does not answer the namespace ${namespace}.`);
  return failures;
}

function originOf({ kind, spec }: KubernetesObject): { kind: string; name: string } {
  if (kind === "Certificate") {
    const { issuerRef } = spec as CertificateSpec;
    return { kind: issuerRef.kind ?? "Issuer", name: issuerRef.name };
  }
  const { secretStoreRef } = spec as ExternalSecretSpec;
  return { kind: secretStoreRef?.kind ?? "SecretStore", name: secretStoreRef?.name ?? "" };
}

function answers({ spec }: KubernetesObject, namespace: string): boolean {
  const { conditions } = spec as { readonly conditions?: readonly { readonly namespaces?: readonly string[] }[] };
  return !conditions || conditions.some(({ namespaces = [] }) => namespaces.includes(namespace));
}

/** Who mounts a Secret reads every value that it is made of: held against what the descriptors declare. */
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
            `${reader} reads '${path}' and was not declared to. Its readers are ${allowed.join(", ") || "none"}.`,
        ),
      ...allowed
        .filter((reader) => !actual.includes(reader))
        .map((reader) => `${reader} was declared to read '${path}' and does not.`),
    ];
  });
}
