import { count } from "../platform/count.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Proof } from "./proof.ts";

const LEVELS = ["privileged", "baseline", "restricted"];
const MODES = ["enforce", "audit", "warn"] as const;
/** Read by the mesh's webhook. */
const INJECTION = "istio-injection";

interface PolicySpec {
  readonly podSelector?: object;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly object[];
  readonly egress?: readonly object[];
}

export const validNamespaces: Proof = {
  name: "valid-namespaces",
  claim:
    "Every namespace enforces Pod Security at the environment's Kubernetes version and denies traffic by default, and that of our own pods has a quota.",
  examine({ objects, kubernetesVersion, podSources, expected, resources }) {
    const manifests = objects.map(({ manifest }) => manifest);
    const found = manifests.filter(({ kind }) => kind === "Namespace");
    const policies = manifests.filter(({ kind }) => kind === "NetworkPolicy");
    const ours = new Set(podSources.filter(({ addon }) => addon === undefined).map(({ namespace }) => namespace));
    return {
      evidence: [`${count(found.length, "namespace")}, ${count(policies.length, "policy", "policies")}`],
      failures: [
        ...found.flatMap((namespace) => [
          ...labelFailures(namespace, kubernetesVersion, expected.namespaces),
          ...denyFailures(namespace, policies),
        ]),
        ...[...ours]
          .filter((name) => !found.some(({ metadata }) => metadata.name === name))
          .map((name) => `The platform's pods run in the namespace ${name}, which nothing creates.`),
        ...homelessFailures(manifests),
        ...recordedFailures(resources),
        ...expected.quotas
          .filter((name) => !hasQuota(name, manifests))
          .map((name) => `The namespace ${name} has no ResourceQuota.`),
      ],
    };
  },
};

function labelFailures(
  { metadata: { name, labels = {} } }: KubernetesObject,
  minor: string,
  expected: Plan["expected"]["namespaces"],
): string[] {
  const level = (mode: string): string => labels[`pod-security.kubernetes.io/${mode}`] ?? "none";
  const wanted = expected.find((each) => each.name === name)?.podSecurity;
  const failures = MODES.filter((mode) => labels[`pod-security.kubernetes.io/${mode}-version`] !== `v${minor}`).map(
    (mode) => `Namespace ${name}: Pod Security ${mode}s another version than v${minor}.`,
  );
  if (level("enforce") !== wanted)
    failures.push(
      `Namespace ${name} enforces the level '${level("enforce")}', but its pods need '${wanted ?? "none"}'.`,
    );
  for (const mode of ["audit", "warn"])
    if (!LEVELS.includes(level(mode)) || LEVELS.indexOf(level(mode)) < LEVELS.indexOf("restricted"))
      failures.push(`Namespace ${name}: ${mode} must be 'restricted', so that what is looser is seen.`);
  return [...failures, ...injectionFailures(name, labels[INJECTION], wanted)];
}

/** The proxy's init container needs rights that 'restricted' refuses; without the label, the mesh's own setting decides. */
const injectionFailures = (name: string, injection = "not set", level: string | undefined): string[] =>
  injection === "disabled" || (injection === "enabled" && level !== "restricted")
    ? []
    : [`Namespace ${name}: ${INJECTION} is '${injection}'. Set 'disabled'.`];

/** A policy that selects every pod and allows nothing: what the others allow is all there is. */
function denyFailures({ metadata }: KubernetesObject, policies: readonly KubernetesObject[]): string[] {
  const denies = policies.some((policy) => {
    const { podSelector, policyTypes = [], ingress = [], egress = [] } = (policy.spec ?? {}) as PolicySpec;
    return (
      policy.metadata.namespace === metadata.name &&
      podSelector !== undefined &&
      Object.keys(podSelector).length === 0 &&
      ["Ingress", "Egress"].every((type) => policyTypes.includes(type)) &&
      ingress.length + egress.length === 0
    );
  });
  return denies ? [] : [`Namespace ${metadata.name}: no policy denies what the others do not allow.`];
}

/** If other objects of a kind have a namespace, one without goes to the namespace of the client that applies it. */
function homelessFailures(objects: readonly KubernetesObject[]): string[] {
  const namespaced = new Set(
    objects
      .filter(({ metadata }) => metadata.namespace !== undefined)
      .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
  );
  return objects
    .filter(
      ({ apiVersion, kind, metadata }) => metadata.namespace === undefined && namespaced.has(`${apiVersion} ${kind}`),
    )
    .map((object) => `${describeObject(object)} names no namespace. Name one.`);
}

/** Namespaces that cloud resources make, before anything else is there. */
const recordedFailures = (resources: Plan["resources"]): string[] =>
  resources
    .filter(({ type }) => type === "kubernetes:core/v1:Namespace")
    .filter(({ inputs }) => {
      const { labels = {} } = (inputs["metadata"] ?? {}) as { readonly labels?: Readonly<Record<string, unknown>> };
      return labels["pod-security.kubernetes.io/enforce"] !== "restricted";
    })
    .map(({ name }) => `Namespace ${name} does not enforce the level 'restricted', which its pods keep. Label it.`);

const hasQuota = (name: string, objects: readonly KubernetesObject[]): boolean =>
  objects.some(
    ({ kind, metadata, spec }) =>
      kind === "ResourceQuota" &&
      metadata.namespace === name &&
      Object.keys((spec as { hard?: object } | undefined)?.hard ?? {}).length > 0,
  );
