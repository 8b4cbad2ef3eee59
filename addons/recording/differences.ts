import { changesBetween } from "./changes.ts";
import type { RenderedObject } from "./kept-fields.ts";
import type { AddonRecord, Template, VersionRecord } from "./record.ts";
import { templateAt } from "./recorded-objects.ts";
import { identityOf } from "./rendered-objects.ts";

/** What a new recording says otherwise than the one that is committed, a line per difference. */
export function differencesBetween(committed: AddonRecord | undefined, recorded: AddonRecord): string[] {
  if (!committed) return [`${recorded.addon}: not recorded yet`];
  const versions = new Set([...Object.keys(committed.versions), ...Object.keys(recorded.versions)]);
  return [...versions].flatMap((version) => {
    const title = `${recorded.addon} ${version}`;
    const [before, now] = [committed.versions[version], recorded.versions[version]];
    if (!before) return [`${title}: not recorded yet`];
    if (!now) return [`${title}: recorded, but the descriptor does not list it`];
    return versionDifferences(before, now).map((line) => `${title}: ${line}`);
  });
}

function versionDifferences(before: VersionRecord, now: VersionRecord): string[] {
  const keys = new Set([...Object.keys(before.shapes), ...Object.keys(now.shapes)]);
  return [
    ...(before.source === now.source ? [] : [`source is ${now.source}, recorded ${before.source}`]),
    ...[...keys].flatMap((key) => shapeDifferences(before, now, key)),
  ];
}

function shapeDifferences(before: VersionRecord, now: VersionRecord, key: string): string[] {
  const [old, current] = [before.shapes[key], now.shapes[key]];
  if (!old) return [`shape ${key} (${current?.when ?? ""}) is not recorded yet`];
  if (!current) return [`shape ${key} (${old.when}) is recorded, but no environment can have it`];
  const objects = objectDifferences(
    old.objects.map((index) => templateAt(before, index)),
    current.objects.map((index) => templateAt(now, index)),
  );
  const output = old.output === current.output ? [] : [`output is ${current.output}, recorded ${old.output}`];
  return [...output, ...objects].map((line) => `shape ${key}: ${line}`);
}

/** Where two lists of objects differ: an object that one of them lacks, or a field. */
export function objectDifferences(before: readonly Template[], now: readonly Template[]): string[] {
  const [olds, news] = [byName(before), byName(now)];
  return [...new Set([...olds.keys(), ...news.keys()])].flatMap((name) => {
    const [old, current] = [olds.get(name), news.get(name)];
    if (old === undefined) return [`${name}, which is new`];
    if (current === undefined) return [`${name}, which is gone`];
    return changesBetween(old, current).map(({ path }) => `${name}, field ${path.join(".")}`);
  });
}

const byName = (objects: readonly Template[]): ReadonlyMap<string, Template> =>
  new Map(objects.map((each) => [nameOf(each), each]));

/** Kind, namespace and name of a recorded object. */
export function nameOf(template: Template): string {
  return identityOf(template as unknown as RenderedObject).replaceAll('"', "");
}
