import type { KubernetesObject } from "../../plan/model/kubernetes.ts";

interface DefinitionSpec {
  readonly group: string;
  readonly names: { readonly kind: string; readonly plural: string };
}

/** What a CustomResourceDefinition defines: the kind as `group/Kind`, and its name in URLs and roles. Undefined for other objects. */
export function definitionOf({ kind, spec }: KubernetesObject): { kind: string; plural: string } | undefined {
  if (kind !== "CustomResourceDefinition") return undefined;
  const { group, names } = spec as DefinitionSpec;
  return { kind: `${group}/${names.kind}`, plural: names.plural };
}
