import { appliedObjects } from "../../plan/model/applied.ts";
import type { KubernetesObject, LabelSelector } from "../../plan/model/kubernetes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import type { PodSource } from "../../plan/model/pods.ts";
import { definitionOf } from "./definitions.ts";

export interface Binding extends KubernetesObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

export interface Role extends KubernetesObject {
  readonly rules?: readonly RoleRule[] | null;
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

export interface RoleRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Pods that have a token of a ServiceAccount which may do something in the Kubernetes API. */
export function callersOfApi(plan: Plan): PodSource[] {
  const objects = appliedObjects(plan).map(({ object }) => object);
  const permitted = new Set(
    objects
      .filter(isBinding)
      .filter((binding) => permits(binding, objects))
      .flatMap(accountsOf),
  );
  return tokenHoldersOf(plan).filter(({ namespace, spec }) => permitted.has(`${namespace}/${accountOf(spec)}`));
}

/** Of Kubernetes' own roles, the one that includes custom kinds. */
const CLUSTER_ADMIN = "cluster-admin";

/** Of pods, those whose ServiceAccount may write objects of a kind or their status, as what acts on them does. */
export function writersOf(kind: string, pods: readonly PodSource[], objects: readonly KubernetesObject[]): PodSource[] {
  const [group = ""] = kind.split("/");
  const plural = objects.flatMap((object) => {
    const definition = definitionOf(object);
    return definition?.kind === kind ? [definition.plural] : [];
  });
  const resources = new Set(["*", ...plural, ...plural.map((each) => `${each}/status`)]);
  const writers = new Set(
    objects
      .filter(isBinding)
      .filter(
        (binding) =>
          binding.roleRef.name === CLUSTER_ADMIN ||
          roleOf(binding, objects)?.rules?.some((rule) => writes(rule, group, resources)),
      )
      .flatMap(accountsOf),
  );
  return pods.filter(({ namespace, spec }) => writers.has(`${namespace}/${accountOf(spec)}`));
}

const WRITES = new Set(["*", "patch", "update"]);

const writes = (
  { verbs = [], apiGroups = [], resources = [] }: RoleRule,
  group: string,
  named: ReadonlySet<string>,
): boolean =>
  verbs.some((verb) => WRITES.has(verb)) &&
  apiGroups.some((each) => each === "*" || each === group) &&
  resources.some((each) => named.has(each));

/** Pods into which a token of their ServiceAccount is mounted. */
export function tokenHoldersOf(plan: Plan): PodSource[] {
  const objects = appliedObjects(plan).map(({ object }) => object);
  return plan.podSources.filter(({ namespace, spec }) =>
    hasToken(spec, accountNamed(objects, namespace, accountOf(spec))),
  );
}

const accountOf = ({ serviceAccountName = "default" }: PodSource["spec"]): string => serviceAccountName;

export const isBinding = (object: KubernetesObject): object is Binding =>
  object.kind === "RoleBinding" || object.kind === "ClusterRoleBinding";

const accountsOf = ({ subjects = [], metadata }: Binding): string[] =>
  subjects
    .filter(({ kind }) => kind === "ServiceAccount")
    .map(({ name, namespace = metadata.namespace ?? "" }) => `${namespace}/${name}`);

/** The role that a binding grants; undefined for one that the plan does not show, such as cluster-admin. */
export const roleOf = ({ roleRef, metadata }: Binding, objects: readonly KubernetesObject[]): Role | undefined =>
  objects.find(
    (object): object is Role =>
      object.kind === roleRef.kind &&
      object.metadata.name === roleRef.name &&
      (object.kind === "ClusterRole" || object.metadata.namespace === metadata.namespace),
  );

/** Whether the role has a verb. One that the plan does not show has. */
function permits(binding: Binding, objects: readonly KubernetesObject[]): boolean {
  const role = roleOf(binding, objects);
  return !role || role.aggregationRule !== undefined || (role.rules ?? []).some(({ verbs = [] }) => verbs.length > 0);
}

type Automount = { readonly automountServiceAccountToken?: boolean };

const accountNamed = (objects: readonly KubernetesObject[], namespace: string, name: string): Automount | undefined =>
  objects.find(
    ({ kind, metadata }) => kind === "ServiceAccount" && metadata.name === name && metadata.namespace === namespace,
  ) as Automount | undefined;

/** The pod's own word counts before its account's. */
function hasToken(
  { automountServiceAccountToken, volumes = [] }: PodSource["spec"],
  account: Automount | undefined,
): boolean {
  const projected = volumes.some(({ projected: sources }) =>
    sources?.sources.some((source) => "serviceAccountToken" in source),
  );
  return projected || (automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true);
}
