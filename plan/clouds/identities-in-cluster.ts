import type { Identity } from "../model/safety.ts";
import type { RecordedResource } from "../model/recorded.ts";
import { at, objectsIn, ofType, textsOf } from "./recorded-values.ts";

const ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";

/** What a reader of secrets needs, by resource. Source: https://external-secrets.io/latest/provider/kubernetes/. Recorded 2026-11-28. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  secrets: ["get", "list", "watch"],
  selfsubjectrulesreviews: ["create"],
};

/** ServiceAccounts that the program makes where Kubernetes is the store of secrets, and what their roles let them do. */
export function identitiesInCluster(resources: readonly RecordedResource[]): Identity[] {
  return ofType(resources, "kubernetes:core/v1:ServiceAccount").map((account) => {
    const [name, namespace] = [text(account, "metadata.name"), text(account, "metadata.namespace")];
    const bindings = ofType(resources, BINDING).filter(
      (each) =>
        text(each, "metadata.namespace") === namespace &&
        subjectsOf(each).some((subject) => subject === `${namespace}/${name}`),
    );
    const rules = bindings
      .flatMap((binding) => ofType(resources, ROLE).filter((role) => isBound(role, binding)))
      .flatMap((role) => objectsIn(at(role, "rules")));
    const granted = rules.flatMap((rule) =>
      textsOf(rule["resources"]).flatMap((resource) => textsOf(rule["verbs"]).map((verb) => `${verb} ${resource}`)),
    );
    const needed = Object.entries(NEEDED).flatMap(([resource, verbs]) => verbs.map((verb) => `${verb} ${resource}`));
    return {
      name: `ServiceAccount ${namespace}/${name}`,
      serviceAccount: { namespace, name },
      allowed: granted.length,
      lacks: needed.filter((each) => !granted.includes(each)),
      exceeds: granted
        .filter((each) => !needed.includes(each))
        .map((each) => `its role lets it ${each}. Remove the verb or the resource.`),
      trust: bindings
        .flatMap(subjectsOf)
        .filter((subject) => subject !== `${namespace}/${name}`)
        .map((subject) => `${subject} has its role too. Remove the subject.`),
    };
  });
}

const text = (resource: RecordedResource, path: string): string => textsOf(at(resource, path))[0] ?? "";

const subjectsOf = (binding: RecordedResource): string[] =>
  objectsIn(at(binding, "subjects")).map(({ kind, namespace, name }) =>
    kind === "ServiceAccount" ? `${String(namespace)}/${String(name)}` : `${String(kind)} ${String(name)}`,
  );

const isBound = (role: RecordedResource, binding: RecordedResource): boolean =>
  text(binding, "roleRef.kind") === "Role" &&
  text(binding, "roleRef.name") === text(role, "metadata.name") &&
  text(binding, "metadata.namespace") === text(role, "metadata.namespace");
