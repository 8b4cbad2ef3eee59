import { diffValues } from "./diff-values.ts";
import type { ThingChange } from "./model/changes.ts";
import type { PlanFile } from "./plan-file.ts";

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
export function withoutStack(plan: PlanFile): PlanFile {
  const { resources, data } = plan;
  const text = JSON.stringify({ resources, data }).replaceAll(`urn:pulumi:${plan.environment}::`, "urn:pulumi:stack::");
  return { ...plan, ...(JSON.parse(text) as Pick<PlanFile, "resources" | "data">) };
}

function diffThings(kind: string, before: Things, after: Things): ThingChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names.flatMap((name): ThingChange[] => {
    if (!before.has(name)) return [{ kind, name, change: "added", changes: [] }];
    if (!after.has(name)) return [{ kind, name, change: "removed", changes: [] }];
    const changes = diffValues(before.get(name), after.get(name));
    return changes.length > 0 ? [{ kind, name, change: "changed", changes }] : [];
  });
}
