import { UserError } from "../../platform/faults.ts";
import { type Hole, holesIn } from "../../platform/hole.ts";
import { memoizeOf } from "../../platform/memoize.ts";
import type { KubernetesManifest } from "../../platform/operated-pods.ts";
import { withChanges } from "./changes.ts";
import { type AddonRecord, isHole, isHoledText, shapeKey, type Template, type VersionRecord } from "./record.ts";

/** An object of an add-on, without what nothing here reads. */
export interface RecordedObject extends KubernetesManifest {
  /** Keys of a ConfigMap or Secret, whose contents are not recorded. */
  readonly keys?: readonly string[];
  /** Addresses in texts that are not recorded: URLs, `host:port` and names of Services. */
  readonly addresses?: readonly string[];
}

/** The objects that a version of an add-on renders with these values. */
export function recordedObjects(record: AddonRecord, version: string, values: unknown): RecordedObject[] {
  const recorded = record.versions[version];
  if (!recorded) throw new UserError(unknownVersion(record, version));
  const shape = recorded.shapes[shapeKey(values)];
  if (!shape) throw new UserError(unknownShape(record, version));
  const holes = holesIn(values);
  return shape.objects.map((index) => filled(templateAt(recorded, index), holes) as RecordedObject);
}

/** An object of a version's list, before its holes are filled. */
export function templateAt({ objects }: Pick<VersionRecord, "objects">, index: number): Template {
  const entry = objects[index];
  if (!entry) throw new Error(`The record has no object ${index}. Record the add-on again.`);
  return "object" in entry ? entry.object : withChanges(templateAt({ objects }, entry.like), entry.changes);
}

type Holes = ReadonlyMap<string, Pick<Hole, "value">>;

/** A template with its holes filled. What has none is returned as it is: do not change the result. */
export function filled(template: Template, holes: Holes): unknown {
  if (typeof template !== "object" || template === null || !hasHoles(template)) return template;
  if (isHole(template)) return valueOf(template.$hole, holes);
  if (isHoledText(template))
    return template.$text.map((part) => (isHole(part) ? String(valueOf(part.$hole, holes)) : part)).join("");
  if (Array.isArray(template)) return (template as readonly Template[]).map((each) => filled(each, holes));
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, filled(value, holes)]));
}

const hasHoles = memoizeOf(
  (template: object): boolean =>
    isHole(template) ||
    isHoledText(template) ||
    Object.values(template).some((each) => typeof each === "object" && each !== null && hasHoles(each as object)),
);

function valueOf(name: string, holes: Holes): string | number {
  const hole = holes.get(name);
  if (!hole) throw new Error(`The record has a hole '${name}' that the values do not fill. Record the add-on again.`);
  return hole.value;
}

const unknownVersion = ({ addon, versions }: AddonRecord, version: string): string =>
  `Add-on '${addon}' has no record of version ${version}; it has ${Object.keys(versions).join(", ")}. ` +
  `Pin one of these, or list ${version} in the descriptor's 'versions' and run 'npm run build:addons -- ${addon}'.`;

const unknownShape = ({ addon }: AddonRecord, version: string): string =>
  `Add-on '${addon}' ${version} has not been recorded with values of this shape. ` +
  `Run 'npm run build:addons -- ${addon}' and commit addons/${addon}/rendered.json.`;
