import type { RecordedResource } from "./recorded.ts";

/** A resource's layer is its topmost component. */
export function layerOf(resources: readonly RecordedResource[]): (resource: RecordedResource) => string {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  return function layer(resource): string {
    const parent = resource.parent === undefined ? undefined : byUrn.get(resource.parent);
    if (parent) return layer(parent);
    return resource.custom ? "Provider" : (resource.type.split(":").at(-1) ?? resource.type);
  };
}
