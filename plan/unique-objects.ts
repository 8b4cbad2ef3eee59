import { UserError } from "../platform/faults.ts";
import { declaredTwice, objectIdentity } from "../platform/object-identity.ts";
import type { PlannedObject } from "./model/plan.ts";
import { isObject, type RecordedResource } from "./model/recorded.ts";

/** Refuses an object that more than one of Pulumi resources and manifests declare: each would undo what the other writes. */
export function requireUniqueObjects(resources: readonly RecordedResource[], objects: readonly PlannedObject[]): void {
  const twice = declaredTwice([
    ...resources.flatMap((resource) => {
      const identity = identityOf(resource);
      return identity === undefined ? [] : [{ identity, where: resource.urn }];
    }),
    ...objects.map(({ path, manifest }) => ({ identity: objectIdentity(manifest), where: path })),
  ]);
  if (twice.length === 0) return;
  throw new UserError(["Some Kubernetes objects are declared twice:", ...twice, "Keep one of each."].join("\n  "));
}

/** Undefined for what is no single object (a Helm release), and where the name is Pulumi's or the provider's to choose. */
function identityOf({ type, inputs: { apiVersion, kind, metadata } }: RecordedResource): string | undefined {
  if (!type.startsWith("kubernetes:") || typeof apiVersion !== "string" || typeof kind !== "string") return undefined;
  const { name, namespace } = isObject(metadata) ? metadata : {};
  if (typeof name !== "string") return undefined;
  return objectIdentity({ apiVersion, kind, metadata: { name, ...(typeof namespace === "string" && { namespace }) } });
}
