import type { PlanFile } from "./plan-file.ts";

/** One value that stands otherwise: undefined where there was or is nothing. */
export interface Change {
  /** `spec.replicas`, `rules.0.host`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** One thing of a plan that came, went or changed. */
export interface ThingChange {
  /** `cloud resources`, `objects`, `nodes`, `proofs`, `fallbacks`, `add-ons`. */
  readonly kind: string;
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  /** What of it; empty unless it changed. */
  readonly changes: readonly Change[];
}

type Things = ReadonlyMap<string, unknown>;

/** What the parts of a plan are called, and what each is known by. */
const parts: readonly (readonly [kind: string, read: (plan: PlanFile) => Things])[] = [
  ["cloud resources", ({ resources }) => new Map(resources.map(({ urn, ...rest }) => [shortUrn(urn), rest]))],
  ["nodes", ({ nodeGroups }) => new Map(nodeGroups.map((group) => [nodesName(group), group]))],
  ["objects", ({ objects }) => new Map(objects.map(({ path, manifest }) => [path, manifest]))],
  [
    "proofs",
    ({ findings }) =>
      new Map(findings.map(({ proof, holds, evidence, failures }) => [proof, { holds, evidence, failures }])),
  ],
  ["fallbacks", ({ fallbacks }) => new Map(fallbacks.map(({ preference, fallback }) => [preference, fallback]))],
  ["add-ons", ({ addons }) => new Map(addons.map(({ name, ...rest }) => [name, rest]))],
];

const nodesName = ({ pool, zone, spot }: PlanFile["nodeGroups"][number]): string =>
  [pool, zone, ...(spot ? ["spot"] : [])].filter(Boolean).join(" ");

/** Type and name: the stack is in every one, and differs between two environments. */
const shortUrn = (urn: string): string => urn.split("::").slice(2).join(" ").replaceAll("$", " > ");

/** What is otherwise in a second plan, part by part. */
export function diffPlans(before: PlanFile, after: PlanFile): ThingChange[] {
  const [one, other] = [withoutStack(before), withoutStack(after)];
  return parts.flatMap(([kind, read]) => diffThings(kind, read(one), read(other)));
}

/** Every URN names the stack: between two environments that would make everything a difference. */
function withoutStack(plan: PlanFile): PlanFile {
  const text = JSON.stringify(plan.resources).replaceAll(`urn:pulumi:${plan.environment}::`, "urn:pulumi:stack::");
  return { ...plan, resources: JSON.parse(text) as PlanFile["resources"] };
}

function diffThings(kind: string, before: Things, after: Things): ThingChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names.flatMap((name): ThingChange[] => {
    if (!before.has(name)) return [{ kind, name, change: "added", changes: [] }];
    if (!after.has(name)) return [{ kind, name, change: "removed", changes: [] }];
    const changes = [...diffValues("", before.get(name), after.get(name))];
    return changes.length > 0 ? [{ kind, name, change: "changed", changes }] : [];
  });
}

function* diffValues(path: string, before: unknown, after: unknown): Generator<Change> {
  if (isContainer(before) && isContainer(after) && Array.isArray(before) === Array.isArray(after)) {
    const [one, other] = [before, after] as Record<string, unknown>[] as [
      Record<string, unknown>,
      Record<string, unknown>,
    ];
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      yield* diffValues(path === "" ? key : `${path}.${key}`, one[key], other[key]);
    }
  } else if (JSON.stringify(before) !== JSON.stringify(after)) {
    yield { path, before, after };
  }
}

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;
