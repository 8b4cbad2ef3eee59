import { namespaces, secretPathOf } from "../../platform/names.ts";
import { knownText, type RecordedResource } from "../model/recorded.ts";

/** Paths of the secrets where Kubernetes is the store. */
export function secretsInCluster(resources: readonly RecordedResource[]): string[] {
  return resources
    .filter(({ type }) => type === "kubernetes:core/v1:Secret")
    .filter((secret) => knownText(secret, "metadata.namespace") === namespaces.secretStore)
    .map((secret) => secretPathOf(knownText(secret, "metadata.name")));
}
