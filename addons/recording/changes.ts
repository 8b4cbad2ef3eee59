import { canonicalJson, type Change, isHole, isHoledText, type Template } from "./record.ts";

type Path = Change["path"];
type Fields = Readonly<Record<string, Template>>;

/** What turns one template into another. Lists of different lengths are replaced whole. */
export function changesBetween(from: Template, to: Template, path: Path = []): Change[] {
  if (canonicalJson(from) === canonicalJson(to)) return [];
  if (isList(from) && isList(to) && from.length === to.length)
    return to.flatMap((value, index) => changesBetween(from[index] ?? null, value, [...path, index]));
  if (isFields(from) && isFields(to)) return fieldChanges(from, to, path);
  return [{ path, value: to }];
}

function fieldChanges(from: Fields, to: Fields, path: Path): Change[] {
  const removed = Object.keys(from).filter((key) => !(key in to));
  const changed = Object.entries(to).flatMap(([key, value]) => {
    const before = from[key];
    return before === undefined ? [{ path: [...path, key], value }] : changesBetween(before, value, [...path, key]);
  });
  return [...removed.map((key) => ({ path: [...path, key] })), ...changed];
}

export function withChanges(template: Template, changes: readonly Change[]): Template {
  return changes.reduce((changed, { path, value }) => withChange(changed, path, value), template);
}

function withChange(template: Template, [key, ...rest]: Path, value: Template | undefined): Template {
  if (key === undefined) return value ?? null;
  if (isList(template)) return template.map((each, index) => (index === key ? withChange(each, rest, value) : each));
  const { [key]: before = null, ...others } = isFields(template) ? template : {};
  if (rest.length === 0 && value === undefined) return others;
  return { ...others, [key]: withChange(before, rest, value) };
}

const isList = (value: Template): value is readonly Template[] => Array.isArray(value);

function isFields(value: Template): value is Fields {
  return typeof value === "object" && value !== null && !isList(value) && !isHole(value) && !isHoledText(value);
}
