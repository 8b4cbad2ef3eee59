import { namespaces, secretPathOf } from "../../platform/names.ts";
import { knownText, type RecordedResource } from "./recorded.ts";

/** The paths of the secrets that the recorded resources put into the secret store. */
export function storedSecretsOf(resources: readonly RecordedResource[]): string[] {
  return resources.flatMap((resource) => {
    if (resource.type === "aws:secretsmanager/secret:Secret") return [knownText(resource, "name")];
    const inStore =
      resource.type === "kubernetes:core/v1:Secret" &&
      knownText(resource, "metadata.namespace") === namespaces.secretStore;
    return inStore ? [secretPathOf(knownText(resource, "metadata.name"))] : [];
  });
}
