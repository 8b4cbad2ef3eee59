import { isObject, originsOf, type Recorded, type RecordedResource } from "../../plan/model/recorded.ts";
import type { Editable } from "../plans.ts";

/** One resource changed for the worse, or taken away. */
export interface ResourceDamage {
  /** `aws:s3/bucket:Bucket forceDestroy: flipped`. */
  readonly name: string;
  readonly resources: readonly RecordedResource[];
}

type Path = readonly string[];

function* leavesOf(path: Path, value: Recorded): Generator<readonly [Path, Recorded]> {
  if (path.at(-1)?.startsWith("$")) return;
  if (path.length > 0) yield [path, value];
  if (originsOf(value) || typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* leavesOf([...path, key], inner);
}

/** What an input of each type may be changed to. */
function changesOf(
  value: Recorded,
  type: string,
  resources: readonly RecordedResource[],
): [string, Recorded | undefined][] {
  const origins = originsOf(value);
  if (origins) return elsewhere(origins, resources).map((urn) => ["pointed elsewhere", { $output: [urn] }]);
  if (typeof value === "boolean") return [["flipped", !value]];
  if (typeof value === "number")
    return [
      ["zero", 0],
      ["ten times", value * 10],
    ];
  if (typeof value === "string") return textChanges(value, type);
  if (Array.isArray(value)) return value.length > 0 ? [["emptied", []]] : [];
  return [];
}

function textChanges(value: string, type: string): [string, Recorded][] {
  if (value === "true" || value === "false") return [["flipped", String(value !== "true")]];
  if (/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(value))
    return [
      ["widened", "0.0.0.0/0"],
      ["moved", "10.99.0.0/24"],
    ];
  if (value.startsWith("{") && type.startsWith("aws:iam")) return policyChanges(value);
  return [["misspelt", `${value}x`]];
}

function policyChanges(value: string): [string, Recorded][] {
  const document = JSON.parse(value);
  const change = (edit: (statement: Editable) => void): string => {
    const copy = structuredClone(document);
    copy.Statement.forEach(edit);
    return JSON.stringify(copy);
  };
  return [
    ["any action", change((statement) => (statement.Action = "*"))],
    ["no condition", change((statement) => delete statement.Condition)],
    ["denied", change((statement) => (statement.Effect = "Deny"))],
    ["any principal", change((statement) => (statement.Principal &&= "*"))],
    ["any resource", change((statement) => (statement.Resource &&= "*"))],
    ["first statement gone", JSON.stringify({ ...document, Statement: document.Statement.slice(1) })],
  ];
}

/** Another resource of the same type, else a resource that is not there. */
function elsewhere(origins: readonly string[], resources: readonly RecordedResource[]): string[] {
  const [origin] = origins;
  const type = resources.find(({ urn }) => urn === origin)?.type;
  const twin = resources.find((each) => each.type === type && !origins.includes(each.urn));
  return [twin?.urn ?? `${origin ?? ""}-gone`];
}

/** Every damage of these kinds to the resources of a provider that are of some types. */
export function resourceDamage(
  resources: readonly RecordedResource[],
  isDamaged: (resource: RecordedResource) => boolean,
): ResourceDamage[] {
  return resources
    .filter((resource) => resource.custom && isDamaged(resource))
    .flatMap((resource) => {
      const put = (change: Partial<RecordedResource>): RecordedResource[] =>
        resources.map((each) => (each === resource ? { ...each, ...change } : each));
      const inputs = [...leavesOf([], resource.inputs)].flatMap(([path, value]) =>
        [...changesOf(value, resource.type, resources), ["dropped", undefined] as [string, undefined]]
          .filter(([, changed]) => JSON.stringify(changed) !== JSON.stringify(value))
          .map(([what, changed]) => ({
            name: `${resource.type} ${resource.name} ${path.join(".")}: ${what}`,
            resources: put({ inputs: edited(resource.inputs, path, changed) }),
          })),
      );
      const flags = [
        ...(resource.protect
          ? [{ name: `${resource.type} ${resource.name} protect: off`, resources: put({ protect: false }) }]
          : []),
        ...(resource.ignoreChanges.length > 0
          ? [{ name: `${resource.type} ${resource.name} ignoreChanges: off`, resources: put({ ignoreChanges: [] }) }]
          : []),
      ];
      return [
        {
          name: `${resource.type} ${resource.name}: removed`,
          resources: resources.filter((each) => each !== resource),
        },
        ...flags,
        ...inputs,
      ];
    });
}

function edited<Value extends Recorded>(value: Value, [key = "", ...rest]: Path, to: Recorded | undefined): Value {
  const copy = structuredClone(value) as Editable;
  if (rest.length > 0) copy[key] = edited(copy[key], rest, to);
  else if (to !== undefined) copy[key] = to;
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else if (isObject(copy)) Reflect.deleteProperty(copy, key);
  return copy;
}
