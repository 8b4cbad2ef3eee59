import { at, nameOf } from "../clouds/inputs.ts";
import { isObject, type RecordedResource, urnsIn } from "../model/recorded.ts";
import type { Cause, PlannedChanges, ResourceChange, Step } from "../model/steps.ts";
import { causesOf, handedOnBy, type Happened, lifeCause } from "./causes.ts";
import { changesOf, replaces } from "./on-change.ts";
import { dependenciesOf, inOrder } from "./order.ts";

type Resources = readonly RecordedResource[];

/** What is lost with a resource. */
export type Carried = Pick<ResourceChange, "carries" | "nodesOf">;

/** Both in an order in which what a resource needs comes before it. */
interface States {
  readonly before: Resources;
  readonly after: Resources;
}

/**
 * What `pulumi up` does to get from one state of an environment to another, as the engine decides it
 * (pkg/resource/deploy/step_generator.go of Pulumi 3.248.0), with the table of this folder in place of the providers.
 */
export function plannedChanges(
  before: Resources,
  after: Resources,
  carriedBy: (resource: RecordedResource) => Carried,
): PlannedChanges {
  const states = { before: inOrder(before.filter(isCustom)), after: inOrder(after.filter(isCustom)) };
  const decided = decide(states);
  return {
    resources: describe(states, decided, carriedBy),
    steps: stepsOf(states, decided),
    protect: [...states.before, ...states.after].some(({ protect }) => protect),
  };
}

const isCustom = ({ custom }: RecordedResource): boolean => custom;
const byUrn = (resources: Resources): Map<string, RecordedResource> =>
  new Map(resources.map((resource) => [resource.urn, resource]));

interface Decided extends Happened {
  /** Why resources change, by URN. */
  readonly causes: Map<string, readonly Cause[]>;
  /** What goes before a resource is made again, itself included, in this order. */
  readonly deletedFirst: Map<string, Resources>;
  /** Why resources go with another one. */
  readonly forced: Map<string, Cause>;
}

/** The engine decides when the program registers a resource: what it needs is decided by then. */
function decide({ before, after }: States): Decided {
  const existing = byUrn(before);
  const decided: Decided = {
    ...{ changed: new Set(), replaced: new Set(), handedOn: new Map() },
    ...{ causes: new Map(), deletedFirst: new Map(), forced: new Map() },
  };
  const registered = new Set<string>();
  for (const resource of after) {
    registered.add(resource.urn);
    const old = existing.get(resource.urn);
    if (old) decideOne(old, resource, decided);
    if (old && isDeletedFirst(old, resource, decided)) deleteFirst(old, before, registered, decided);
  }
  return decided;
}

function decideOne(old: RecordedResource, resource: RecordedResource, decided: Decided): void {
  const force = decided.forced.get(old.urn);
  const causes = [...(force ? [force] : []), ...causesOf(old, resource, decided)];
  if (causes.length === 0) return;
  decided.causes.set(old.urn, causes);
  decided.changed.add(old.urn);
  if (causes.some(replaces)) decided.replaced.add(old.urn);
  decided.handedOn.set(old.urn, handedOnBy(old, resource));
}

/** The program decides, or the provider; a resource whose provider is replaced is made by the new one first. */
function isDeletedFirst(old: RecordedResource, resource: RecordedResource, decided: Decided): boolean {
  const { urn, deleteBeforeReplace } = resource;
  if (!decided.replaced.has(urn) || decided.forced.has(urn)) return false;
  if (deleteBeforeReplace !== undefined) return deleteBeforeReplace;
  if (decided.causes.get(urn)?.some(({ path }) => path === "provider")) return false;
  return providerDeletesFirst(resource, old.inputs);
}

/** Whether the provider has a resource deleted before it is made again. */
export function providerDeletesFirst(
  { type, inputs }: Pick<RecordedResource, "type" | "inputs">,
  before: RecordedResource["inputs"],
): boolean {
  const { named, deletedFirst } = changesOf(type) ?? {};
  if (deletedFirst === "where the name stays") return placeOf(before) === placeOf(inputs);
  return deletedFirst === "always" || (named !== undefined && named in inputs);
}

/** Namespace and name of an object. */
function placeOf({ metadata }: RecordedResource["inputs"]): string {
  return isObject(metadata) ? JSON.stringify([metadata["namespace"], metadata["name"]]) : "";
}

/** Notes what goes with a resource: all that cannot live while it is away, but for what the program registered already. */
function deleteFirst(old: RecordedResource, before: Resources, registered: Set<string>, decided: Decided): void {
  const gone = new Set([old.urn]);
  const first = [old];
  for (const resource of before) {
    if (registered.has(resource.urn)) continue;
    const cause = lifeCause(resource, gone);
    if (!cause) continue;
    gone.add(resource.urn);
    if (decided.forced.has(resource.urn)) continue;
    decided.forced.set(resource.urn, cause);
    first.unshift(resource);
  }
  decided.deletedFirst.set(old.urn, first);
}

/** Creates and updates in order, each after what has to go before it; then what is left over, the last made first. */
function stepsOf({ before, after }: States, decided: Decided): Step[] {
  const [existing, wanted] = [byUrn(before), byUrn(after)];
  const early = new Set([...decided.deletedFirst.values()].flat().map(({ urn }) => urn));
  const step = (does: Step["does"], resource: RecordedResource): Step => ({
    ...{ urn: resource.urn, name: nameOf(resource), does },
    replaces: existing.has(resource.urn) && wanted.has(resource.urn) && does !== "update",
  });
  const forward = after.flatMap((resource): Step[] => {
    const { urn } = resource;
    if (existing.has(urn) && !decided.changed.has(urn)) return [];
    const gone = (decided.deletedFirst.get(urn) ?? []).map((each) => step("delete", each));
    return [...gone, step(existing.has(urn) && !decided.replaced.has(urn) ? "update" : "create", resource)];
  });
  const left = before.filter(({ urn }) => !early.has(urn) && (!wanted.has(urn) || decided.replaced.has(urn)));
  return [...forward, ...left.toReversed().map((resource) => step("delete", resource))];
}

/** Whether an input that is left as it is refers to a resource. */
const keeps = (resource: RecordedResource, urn: string): boolean =>
  resource.ignoreChanges.some((path) => urnsIn(at(resource, path)).includes(urn));

function describe(
  { before, after }: States,
  { causes, replaced }: Decided,
  carriedBy: (resource: RecordedResource) => Carried,
): ResourceChange[] {
  const [existing, wanted] = [byUrn(before), byUrn(after)];
  const actionOf = (urn: string): ResourceChange["action"] | undefined => {
    if (!existing.has(urn)) return "create";
    if (!wanted.has(urn)) return "delete";
    return replaced.has(urn) ? "replace" : causes.has(urn) ? "update" : undefined;
  };
  const gone = before.filter(({ urn }) => !wanted.has(urn));
  return [...after, ...gone.toReversed()].flatMap((resource): ResourceChange[] => {
    const { urn } = resource;
    const action = actionOf(urn);
    if (!action) return [];
    const old = existing.get(urn);
    const staying = before.filter((each) => wanted.has(each.urn) && dependenciesOf(each).has(urn));
    return [
      {
        ...{ urn, name: nameOf(resource), action, causes: causes.get(urn) ?? [] },
        protect: old?.protect ?? false,
        ...carriedBy(resource),
        dependents: staying.map(nameOf),
        keptBy: action === "create" ? [] : staying.filter((each) => keeps(each, urn)).map(nameOf),
      },
    ];
  });
}
