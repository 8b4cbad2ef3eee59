import { type RecordedResource, urnsIn } from "../model/recorded.ts";

/** The resources on whose outputs, order or provider a resource depends. */
export function dependenciesOf(resource: RecordedResource): ReadonlySet<string> {
  const { provider, dependsOn, propertyDependencies = {}, inputs } = resource;
  return new Set([
    ...dependsOn,
    ...Object.values(propertyDependencies).flat(),
    ...Object.values(inputs).flatMap(urnsIn),
    ...(provider === undefined ? [] : [provider]),
  ]);
}

/** Resources after all that they depend on; those that do not depend on each other by URN. */
export function inOrder(resources: readonly RecordedResource[]): RecordedResource[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const done = new Set<string>();
  const ordered: RecordedResource[] = [];
  function visit(resource: RecordedResource): void {
    if (done.has(resource.urn)) return;
    done.add(resource.urn);
    for (const urn of [...dependenciesOf(resource)].toSorted()) {
      const dependency = byUrn.get(urn);
      if (dependency) visit(dependency);
    }
    ordered.push(resource);
  }
  for (const urn of [...byUrn.keys()].toSorted()) visit(byUrn.get(urn) as RecordedResource);
  return ordered;
}
