import { BEFORE, waveOfAddon } from "../plan/model/applied.ts";
import { describeObject, type KubernetesObject, waveOf } from "../plan/model/kubernetes.ts";
import { describeReference, gatewaysOf, type Reference, referencesOf, secretMadeBy } from "../plan/model/needs.ts";
import type { Plan } from "../plan/model/plan.ts";
import { DATABASE_ROLES } from "../platform/names.ts";
import type { Proof } from "./proof.ts";

/** Something that an object waits for, and the wave in which it comes; undefined when nothing makes it. */
interface Need {
  readonly by: string;
  readonly wave: number;
  readonly what: string;
  readonly comes: number | undefined;
  /** It must be there before the object's own wave begins. */
  readonly before?: true;
}

export const validOrder: Proof = {
  name: "valid-order",
  claim: "Everything that an object needs to become healthy is in the same or an earlier wave and syncs automatically.",
  examine(plan) {
    const objects = plan.objects.map(({ manifest }) => manifest);
    const index = indexOf(plan, objects);
    const needs = objects.flatMap((object) => [
      ...referenceNeeds(object, index),
      ...definitionNeeds(object, plan, objects),
    ]);
    const all = [...needs, ...addonNeeds(plan, objects), ...roleNeeds(plan)];
    return {
      evidence: [`${all.length} needs of ${objects.length} objects, ${new Set(objects.map(waveOf)).size} waves`],
      failures: [...new Set([...all.flatMap(failureOf), ...manualFailures(objects)])],
    };
  },
};

function failureOf({ by, wave, what, comes, before }: Need): string[] {
  if (comes === undefined) return [`${by} needs ${what}, but nothing creates it. Add it or remove the reference.`];
  if (before ? comes < wave : comes <= wave) return [];
  const latest = before ? `before wave ${wave}` : `to wave ${wave} or earlier`;
  return [`${by} (wave ${wave}) needs ${what}, which comes in wave ${comes}. Move that ${latest}.`];
}

type Index = ReadonlyMap<string, { readonly wave: number; readonly object: KubernetesObject | undefined }>;

const key = ({ kind, name, namespace }: Reference): string => [kind, namespace ?? "", name].join(" ");

/** Everything that the plan makes, and the wave in which it comes. */
function indexOf({ resources, addons }: Plan, objects: readonly KubernetesObject[]): Index {
  const index = new Map<string, { wave: number; object: KubernetesObject | undefined }>();
  for (const { type, inputs } of resources) {
    const kind = /^kubernetes:.*:(\w+)$/.exec(type)?.[1];
    const { name, namespace } = (inputs["metadata"] ?? {}) as { name?: string; namespace?: string };
    if (kind !== undefined && name !== undefined)
      index.set(key({ kind, name, namespace }), { wave: BEFORE, object: undefined });
  }
  for (const addon of addons) {
    // A namespace that nobody here makes is the add-on's own.
    index.set(key({ kind: "Namespace", name: addon.namespace, namespace: undefined }), {
      wave: BEFORE,
      object: undefined,
    });
  }
  for (const object of objects) {
    const { kind, metadata } = object;
    const found = { wave: waveOf(object), object };
    index.set(key({ kind, name: metadata.name, namespace: metadata.namespace }), found);
    const secret = secretMadeBy(object);
    if (secret) index.set(key(secret), found);
  }
  return index;
}

function referenceNeeds(object: KubernetesObject, index: Index): Need[] {
  const own = { by: describeObject(object), wave: waveOf(object) };
  return referencesOf(object).flatMap((reference) => {
    const found = index.get(key(reference));
    const issuer = object.kind === "Certificate" ? found?.object : undefined;
    return [
      { ...own, what: describeReference(reference), comes: found?.wave },
      ...(issuer ? gatewaysOf(issuer) : []).map((gateway) => ({
        ...own,
        what: describeReference(gateway),
        comes: index.get(key(gateway))?.wave,
      })),
    ];
  });
}

const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "");

/** Groups of Kubernetes itself have no dot, or end in k8s.io without being a project of their own. */
const isBuiltIn = (group: string): boolean =>
  !group.includes(".") ||
  (group.endsWith(".k8s.io") && !group.startsWith("gateway.") && !group.startsWith("snapshot."));

/** A custom kind needs its definition before its wave begins: its object is refused otherwise. */
function definitionNeeds(object: KubernetesObject, plan: Plan, objects: readonly KubernetesObject[]): Need[] {
  const group = groupOf(object.apiVersion);
  if (isBuiltIn(group)) return [];
  const kind = `${group}/${object.kind}`;
  const server = plan.addons.find(({ kinds }) => kinds.includes(kind));
  const own = { by: describeObject(object), wave: waveOf(object), before: true } as const;
  if (!server) return [{ ...own, what: `the definition of ${kind}, which an add-on must serve`, comes: undefined }];
  return [
    { ...own, what: `the definition of ${kind} from add-on ${server.name}`, comes: waveOfAddon(server, objects) },
  ];
}

/** Custom kinds in what an add-on's source renders. */
function addonNeeds(plan: Plan, objects: readonly KubernetesObject[]): Need[] {
  return plan.addons.flatMap((addon) => {
    const wave = waveOfAddon(addon, objects);
    if (wave === undefined || wave === BEFORE) return [];
    const kinds = new Set(addon.objects.map(({ apiVersion, kind }) => `${groupOf(apiVersion)}/${kind}`));
    return [...kinds]
      .filter((kind) => !isBuiltIn(kind.split("/")[0] ?? "") && !addon.kinds.includes(kind))
      .map((kind): Need => {
        const server = plan.addons.find(({ kinds: served }) => served.includes(kind));
        const what = `the definition of ${kind}${server ? ` from add-on ${server.name}` : ", which an add-on must serve"}`;
        return { by: `Add-on ${addon.name}`, wave, what, comes: server && waveOfAddon(server, objects), before: true };
      });
  });
}

/** Pods log in to Postgres with roles that a job creates: it must have ended before they start. */
function roleNeeds({ expected, podSources }: Plan): Need[] {
  const job = podSources.find(({ name, addon }) => name === DATABASE_ROLES && addon === undefined);
  if (!job) return [];
  const readers = expected.secrets
    .filter((secret) => secret.readers.includes(DATABASE_ROLES))
    .flatMap((secret) => secret.readers);
  return podSources
    .filter(({ name, addon }) => addon === undefined && name !== DATABASE_ROLES && readers.includes(name))
    .map(({ description, wave }) => ({
      by: description,
      wave,
      what: `the roles that ${job.description} creates`,
      comes: job.wave,
      before: true,
    }));
}

/** A later wave waits until an Application is healthy, and one that is synced by hand never is by itself. */
function manualFailures(objects: readonly KubernetesObject[]): string[] {
  const last = Math.max(...objects.map(waveOf));
  return objects
    .filter((object) => object.kind === "Application" && waveOf(object) < last)
    .filter(({ spec }) => !(spec as { syncPolicy?: { automated?: object } }).syncPolicy?.automated)
    .map(
      (object) =>
        `${describeObject(object)} is synced manually, but wave ${waveOf(object)} ends only when it is healthy. Set syncPolicy.automated.`,
    );
}
