import { secretReaderRules } from "../../platform/catalogue/rights.ts";
import { namespaces } from "../../platform/names.ts";
import type { Identity } from "../model/safety.ts";
import { type RecordedResource, textOf } from "../model/recorded.ts";
import { at, objectsIn, ofType, textsOf } from "./inputs.ts";

const ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";

/** Accounts of the namespace of secrets, where Kubernetes is their store, and what its roles let them do. */
export function identitiesInCluster(resources: readonly RecordedResource[]): Identity[] {
  const of = (type: string): RecordedResource[] =>
    ofType(resources, type).filter((each) => text(each, "metadata.namespace") === namespaces.secretStore);
  const accounts = of("kubernetes:core/v1:ServiceAccount");
  const bindings = of(BINDING);
  const names = new Set([
    ...accounts.map((account) => `${namespaces.secretStore}/${text(account, "metadata.name")}`),
    ...bindings.flatMap(subjectsOf),
  ]);
  return [...names].map((subject) => {
    const granted = bindings
      .filter((binding) => subjectsOf(binding).includes(subject))
      .flatMap((binding) => of(ROLE).filter((role) => isBound(role, binding)))
      .flatMap(grantedBy);
    const [namespace = "", name = ""] = subject.split("/");
    const mounted = accounts.some(
      (account) => text(account, "metadata.name") === name && at(account, "automountServiceAccountToken") !== false,
    );
    return {
      name: `ServiceAccount ${subject}`,
      serviceAccount: { namespace, name },
      allowed: granted.length,
      grants: [],
      lacks: secretReaderRules.filter((each) => !granted.includes(each)),
      exceeds: granted
        .filter((each) => !secretReaderRules.includes(each))
        .map((each) => `its role lets it ${each}. Remove the verb or the resource.`),
      trust: [
        ...(names.size > 1 ? [`${names.size} accounts read the secrets. Let one.`] : []),
        ...(mounted ? ["its token is mounted into pods. Set automountServiceAccountToken to false."] : []),
      ],
    };
  });
}

const grantedBy = (role: RecordedResource): string[] =>
  objectsIn(at(role, "rules")).flatMap((rule) =>
    textsOf(rule["apiGroups"]).flatMap((group) =>
      textsOf(rule["resources"]).flatMap((resource) =>
        textsOf(rule["verbs"]).map((verb) => `${verb} ${group}/${resource}`),
      ),
    ),
  );

const text = (resource: RecordedResource, path: string): string => textsOf(at(resource, path))[0] ?? "";

const subjectsOf = (binding: RecordedResource): string[] =>
  objectsIn(at(binding, "subjects")).map(({ kind, namespace, name }) =>
    kind === "ServiceAccount" ? `${textOf(namespace)}/${textOf(name)}` : `${textOf(kind)} ${textOf(name)}`,
  );

const isBound = (role: RecordedResource, binding: RecordedResource): boolean =>
  text(binding, "roleRef.kind") === "Role" &&
  text(binding, "roleRef.name") === text(role, "metadata.name") &&
  text(binding, "metadata.namespace") === text(role, "metadata.namespace");
