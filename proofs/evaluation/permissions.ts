import { appliedObjects, recordedObjects } from "../../plan/model/applied.ts";
import type { Grant, Permission } from "../../plan/model/effects.ts";
import { type KubernetesObject, selects } from "../../plan/model/kubernetes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { type Binding, isBinding, type Role, roleOf, type RoleRule } from "./rbac.ts";

/** What identities may do: in the Kubernetes API by RBAC, and in the cloud by what is written of their roles. */
export function permissionsOf(plan: Plan): Permission[] {
  const objects = [...appliedObjects(plan), ...recordedObjects(plan)].map(({ object }) => object);
  return [
    ...objects.filter(isBinding).flatMap((binding) => {
      const grants = grantsOf(binding, objects);
      return subjectsOf(binding).flatMap((who) => grants.map((grant) => ({ who, ...grant })));
    }),
    ...plan.safety.identities.flatMap(({ name, grants }) => grants.map((grant) => ({ who: name, ...grant }))),
  ];
}

const subjectsOf = ({ subjects = [], metadata }: Binding): string[] =>
  subjects.map(({ kind, name, namespace = metadata.namespace ?? "" }) =>
    kind === "ServiceAccount" ? `${kind} ${namespace}/${name}` : `${kind} ${name}`,
  );

/** A RoleBinding grants within its namespace, even a ClusterRole. */
function grantsOf(binding: Binding, objects: readonly KubernetesObject[]): Grant[] {
  const { namespace } = binding.metadata;
  const within = binding.kind === "RoleBinding" && namespace !== undefined ? { namespace } : {};
  const role = roleOf(binding, objects);
  if (!role) return [{ verb: `all of ${binding.roleRef.kind} ${binding.roleRef.name}`, resource: "*", ...within }];
  return rulesOf(role, objects).flatMap((rule) => grantsIn(rule).map((grant) => ({ ...grant, ...within })));
}

/** An aggregated role has the rules of those that it selects, and none of its own. */
function rulesOf({ rules, aggregationRule }: Role, objects: readonly KubernetesObject[]): readonly RoleRule[] {
  if (!aggregationRule) return rules ?? [];
  const { clusterRoleSelectors = [] } = aggregationRule;
  return objects
    .filter(
      ({ kind, metadata }) =>
        kind === "ClusterRole" && clusterRoleSelectors.some((selector) => selects(selector, metadata.labels ?? {})),
    )
    .flatMap((role) => (role as Role).rules ?? []);
}

function grantsIn({
  verbs = [],
  apiGroups = [],
  resources = [],
  resourceNames,
  nonResourceURLs = [],
}: RoleRule): Grant[] {
  const named = resourceNames?.length ? resourceNames.map((name) => ({ name })) : [{}];
  const qualified = apiGroups.flatMap((group) =>
    resources.map((resource) => (group === "" ? resource : `${resource}.${group}`)),
  );
  return verbs.flatMap((verb) => [
    ...qualified.flatMap((resource) => named.map((name) => ({ verb, resource, ...name }))),
    ...nonResourceURLs.map((resource) => ({ verb, resource })),
  ]);
}
