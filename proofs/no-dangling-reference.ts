import { count } from "../platform/count.ts";
import { appliedObjects, recordedObjects } from "../plan/model/applied.ts";
import { type KnownObject, KnownObjects } from "../plan/model/known-objects.ts";
import { describeObject, type KubernetesObject, type PodTemplate } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { containersNamedBy, localFailures } from "../plan/model/references/local.ts";
import { describeReference, type Reference, referencesOf } from "../plan/model/references/read.ts";
import { valuesAt } from "../plan/model/references/values-at.ts";
import type { Proof } from "./proof.ts";

export const noDanglingReference: Proof = {
  name: "no-dangling-reference",
  claim:
    "Every field that names another object, or a key, port, listener, container or volume of one, names one that exists.",
  examine(plan) {
    const known = new KnownObjects(plan);
    const serverOf = (kind: string): string | undefined =>
      plan.addons.find(({ kinds }) => kinds.includes(kind))?.namespace;
    const objects = [...appliedObjects(plan), ...recordedObjects(plan)];
    const named = objects.flatMap(({ object, addon }) =>
      referencesOf(object, serverOf).map((reference) => ({ object, reference, addon })),
    );
    const names = new Set(named.map(({ reference }) => describeReference(reference)));
    const accepted = plan.addons.flatMap(({ name, dangling }) =>
      dangling.map(({ object, field }) => `${name} ${object} ${field}`),
    );
    const isAccepted = ({ object: { kind, metadata }, reference, addon = "" }: (typeof named)[number]): boolean =>
      accepted.includes(`${addon} ${kind} ${metadata.name} ${reference.at}`);
    return {
      evidence: [
        `${count(named.length, "reference")} from ${count(objects.length, "object")} to ${names.size} others, ${accepted.length} of them excepted`,
      ],
      failures: [
        ...new Set(
          named
            .filter((each) => !isAccepted(each))
            .flatMap(({ object, reference }) => referenceFailures(object, reference, known)),
        ),
        ...objects.flatMap(({ object }) => [...localFailures(object), ...bucketFailures(object, plan)]),
      ],
    };
  },
};

/** Where objects name a bucket, by kind: by its name, or in an `s3://` URL. */
const bucketPlaces: Readonly<Record<string, string>> = {
  BackupStorageLocation: "spec.objectStorage.bucket",
  ObjectStore: "spec.configuration.destinationPath",
};

function bucketFailures(object: KubernetesObject, { buckets }: Plan): string[] {
  return valuesAt(object, bucketPlaces[object.kind] ?? "-").flatMap(({ at, value }) => {
    const bucket = String(value).replace(/^s3:\/\/([^/]+).*$/, "$1");
    return buckets.includes(bucket)
      ? []
      : [
          `${describeObject(object)}: ${at} names bucket '${bucket}', which no cloud resource creates (${buckets.join(", ") || "none"}). Correct it.`,
        ];
  });
}

function referenceFailures(object: KubernetesObject, reference: Reference, known: KnownObjects): string[] {
  const found = known.find(reference);
  const by = `${describeObject(object)}: ${reference.at} names`;
  if (found) return partFailures(object, reference, found).map((failure) => `${by} ${failure}`);
  const elsewhere = known.namespacesOf(reference).map((namespace) => namespace || "no namespace");
  const hint = elsewhere.length > 0 ? ` There is one in ${elsewhere.join(", ")}.` : "";
  const { kind, group } = reference;
  const of = group === "" ? "" : ` (${group})`;
  return [
    `${by} ${describeReference(reference)}${of}, which does not exist.${hint} Add that ${kind || "object"} or correct the name.`,
  ];
}

/** What a reference says of the object that it names, which is there. */
function partFailures(by: KubernetesObject, reference: Reference, { object, keys }: KnownObject): string[] {
  const at = describeReference(reference);
  const missing = (what: string, name: number | string, all: readonly (number | string)[]): string[] =>
    all.includes(name) ? [] : [`${what} '${name}' of ${at}, which has ${all.join(", ") || "none"}. Correct it.`];
  return [
    ...(keys ? reference.keys.flatMap((key) => missing("key", key, keys)) : []),
    ...(object && reference.port !== undefined ? missing("port", reference.port, portsOf(object)) : []),
    ...(object && reference.section !== undefined ? missing("listener", reference.section, listenersOf(object)) : []),
    ...(object
      ? containersNamedBy(by, reference).flatMap((name) => missing("container", name, containersOf(object)))
      : []),
  ];
}

interface TargetSpec {
  readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  readonly listeners?: readonly { readonly name: string; readonly port: number }[];
  readonly template?: PodTemplate;
}

/** Ports of a Service or Gateway, by number and by name. */
function portsOf({ spec }: KubernetesObject): (number | string)[] {
  const { ports = [], listeners = [] } = spec as TargetSpec;
  return [...ports, ...listeners].flatMap(({ port, name }) => (name === undefined ? [port] : [port, name]));
}

const listenersOf = ({ spec }: KubernetesObject): string[] =>
  ((spec as TargetSpec).listeners ?? []).map(({ name }) => name);

const containersOf = ({ spec }: KubernetesObject): string[] =>
  ((spec as TargetSpec).template?.spec.containers ?? []).map(({ name }) => name);
