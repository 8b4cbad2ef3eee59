import { count } from "../platform/count.ts";
import { BEFORE, waveOfAddon } from "../plan/model/applied.ts";
import { KnownObjects } from "../plan/model/known-objects.ts";
import { describeObject, type KubernetesObject, waveOf } from "../plan/model/kubernetes.ts";
import type { Plan, PlannedAddon } from "../plan/model/plan.ts";
import { describeReference, groupOf, referencesOf } from "../plan/model/references/read.ts";
import { DATABASE_ROLES } from "../platform/names.ts";
import type { Proof } from "./proof.ts";
import { definitionOf } from "./evaluation/definitions.ts";

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
    const known = new KnownObjects(plan);
    const needs = objects.flatMap((object) => [
      ...referenceNeeds(object, known),
      ...definitionNeeds(object, plan, objects),
    ]);
    const all = [...needs, ...addonNeeds(plan, objects), ...roleNeeds(plan)];
    return {
      evidence: [
        `${count(all.length, "dependency", "dependencies")} of ${count(objects.length, "object")} in ${count(new Set(objects.map(waveOf)).size, "sync wave")}`,
      ],
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

/** What an object waits for among what it names. `no-dangling-reference` says what is missing. */
function referenceNeeds(object: KubernetesObject, known: KnownObjects): Need[] {
  const own = { by: describeObject(object), wave: waveOf(object) };
  const named = referencesOf(object).filter(({ waits }) => waits);
  // Let's Encrypt asks through the issuer's gateways, and a certificate waits for the answer.
  const issuers = object.kind === "Certificate" ? named.flatMap((each) => known.find(each)?.object ?? []) : [];
  const gateways = issuers.flatMap((issuer) => referencesOf(issuer)).filter(({ kind }) => kind === "Gateway");
  return [...named, ...gateways].flatMap((reference) => {
    const found = known.find(reference);
    return found ? [{ ...own, what: describeReference(reference), comes: found.wave }] : [];
  });
}

/** Groups of Kubernetes itself have no dot, or end in k8s.io without being a project of their own. */
const isBuiltIn = (group: string): boolean =>
  !group.includes(".") ||
  (group.endsWith(".k8s.io") && !group.startsWith("gateway.") && !group.startsWith("snapshot."));

/** The add-on that serves a custom kind. Where its source is recorded, the definition must be in it. */
const serverOf = (kind: string, { addons }: Plan): PlannedAddon | undefined =>
  addons.find(
    ({ kinds, objects }) =>
      kinds.includes(kind) && (objects.length === 0 || objects.some((object) => definitionOf(object)?.kind === kind)),
  );

/** A custom kind needs its definition before its wave begins: its object is refused otherwise. */
function definitionNeeds(object: KubernetesObject, plan: Plan, objects: readonly KubernetesObject[]): Need[] {
  const group = groupOf(object.apiVersion);
  if (isBuiltIn(group)) return [];
  const kind = `${group}/${object.kind}`;
  const server = serverOf(kind, plan);
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
        const server = serverOf(kind, plan);
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
