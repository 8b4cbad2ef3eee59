import { groupBy } from "../platform/group-by.ts";
import { formatBytes, formatMillicores } from "../platform/quantity.ts";
import type { Change, ThingChange } from "../plan/model/changes.ts";
import type { CostLine, DataPlace, Effects, OpenConnection, Permission, WorkloadSize } from "../plan/model/effects.ts";
import { formatUsd, nameOfLine, sumOf } from "../proofs/evaluation/costs.ts";
import { difference, formatPorts, type Interval } from "../proofs/evaluation/intervals.ts";

/** What it means that a plan changes: what opens and closes, who may do more or less, what grows, what data is lost, and what it costs. */
export function consequences(before: Effects, after: Effects): ThingChange[] {
  return [
    ...connectionChanges(before.connections, after.connections),
    ...permissionChanges(before.permissions, after.permissions),
    ...workloadChanges(before.workloads, after.workloads),
    ...dataChanges(before.data, after.data),
    ...costChanges(before.costs, after.costs),
    ...without(before.unpriced, after.unpriced).map((text) => thing(UNPRICED, "removed", text)),
    ...without(after.unpriced, before.unpriced).map((text) => thing(UNPRICED, "added", text)),
  ];
}

const CONNECTIONS = "connections: opened (+), closed (-)";
const PERMISSIONS = "permissions: gained (+), lost (-)";
const WORKLOADS = "replicas, requests and limits of pods: changed (~)";
const UNPRICED = "unpriced: new (+), gone (-)";
const COSTS = "cost a month: changed (~)";
const DATA = "data: new (+), deleted (-), replaced, which deletes it (~)";

const thing = (kind: string, change: ThingChange["change"], name: string): ThingChange => ({
  ...{ kind, change, name },
  changes: [],
});

function connectionChanges(before: readonly OpenConnection[], after: readonly OpenConnection[]): ThingChange[] {
  const [one, other] = [portsByPair(before), portsByPair(after)];
  return pairsOf(one, other).flatMap(([pair, was = [], is = []]) => [
    ...difference(was, is).map((ports) => thing(CONNECTIONS, "removed", `${pair}: ${formatPorts(ports)}`)),
    ...difference(is, was).map((ports) => thing(CONNECTIONS, "added", `${pair}: ${formatPorts(ports)}`)),
  ]);
}

const portsByPair = (connections: readonly OpenConnection[]): Map<string, Interval[]> =>
  new Map(
    [...groupBy(connections, ({ from, to }) => `${from} -> ${to}`)].map(([pair, open]) => [
      pair,
      open.map(({ firstPort, lastPort }): Interval => [firstPort, lastPort]),
    ]),
  );

/** A grant that a broader one covers is neither gained nor lost. Losing a denial is a gain. */
function permissionChanges(before: readonly Permission[], after: readonly Permission[]): ThingChange[] {
  const beyond = (some: readonly Permission[], others: readonly Permission[], gives: boolean): Permission[] =>
    some
      .filter(({ denies = false }) => denies !== gives)
      .filter((permission) => !others.some((other) => covers(other, permission)));
  const gained = [...beyond(after, before, true), ...beyond(before, after, false)];
  const lost = [...beyond(before, after, true), ...beyond(after, before, false)];
  return [
    ...describePermissions(lost).map((text) => thing(PERMISSIONS, "removed", text)),
    ...describePermissions(gained).map((text) => thing(PERMISSIONS, "added", text)),
  ];
}

const covers = (broad: Permission, narrow: Permission): boolean =>
  broad.who === narrow.who &&
  broad.denies === narrow.denies &&
  (broad.when === undefined || broad.when === narrow.when) &&
  (["verb", "resource", "namespace", "name"] as const).every((part) =>
    matches(broad[part] ?? "*", narrow[part] ?? "*"),
  );

/** Whether a pattern with `*` and `?` matches all that another one does. */
function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(text);
}

/** One line for the verbs of an identity on one thing. */
const describePermissions = (permissions: readonly Permission[]): string[] =>
  [...groupBy(permissions, ({ verb, ...rest }) => JSON.stringify(rest)).values()].flatMap((same) => {
    const verbs = [...new Set(same.map(({ verb }) => verb))].join(", ");
    return same[0] ? [describePermission({ ...same[0], verb: verbs })] : [];
  });

function describePermission({ who, verb, resource, namespace, name, when, denies }: Permission): string {
  const parts = [
    ...(denies ? ["exempt from the denial of"] : []),
    ...[verb, resource],
    ...(name === undefined ? [] : [`'${name}'`]),
    ...(namespace === undefined ? [] : [`in namespace ${namespace}`]),
    ...(when === undefined ? [] : [`when ${when}`]),
  ];
  return `${who}: ${parts.join(" ")}`;
}

function workloadChanges(before: readonly WorkloadSize[], after: readonly WorkloadSize[]): ThingChange[] {
  return pairsOf(byName(before), byName(after)).flatMap(([name, was, is]): ThingChange[] => {
    if (!was || !is) return [];
    const changes = sizesOf(was)
      .map(([path, size], index): Change => ({ path, before: size, after: sizesOf(is)[index]?.[1] }))
      .filter((change) => change.before !== change.after);
    return changes.length > 0 ? [{ kind: WORKLOADS, change: "changed", name, changes }] : [];
  });
}

const sizesOf = ({ replicas, requests, limits }: WorkloadSize): [path: string, size: number | string | undefined][] => [
  ["minimum replicas", replicas.min],
  ["maximum replicas", replicas.max],
  ["CPU request", formatMillicores(requests.cpu)],
  ["memory request", formatBytes(requests.memory)],
  ["GPUs", requests.gpus],
  ["CPU limit", limits.cpu === undefined ? undefined : formatMillicores(limits.cpu)],
  ["memory limit", limits.memory === undefined ? undefined : formatBytes(limits.memory)],
];

function dataChanges(before: readonly DataPlace[], after: readonly DataPlace[]): ThingChange[] {
  return pairsOf(byName(before), byName(after)).flatMap(([name, was, is]): ThingChange[] => {
    if (!was) return [thing(DATA, "added", name)];
    if (!is) return [thing(DATA, "removed", name)];
    const changes = [...new Set([...Object.keys(was.fixed), ...Object.keys(is.fixed)])]
      .map((path): Change => ({ path, before: was.fixed[path], after: is.fixed[path] }))
      .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
    return changes.length > 0 ? [{ kind: DATA, change: "changed", name, changes }] : [];
  });
}

const byName = <Row extends { readonly name: string }>(rows: readonly Row[]): Map<string, Row> =>
  new Map(rows.map((row) => [row.name, row]));

const without = (some: readonly string[], others: readonly string[]): string[] =>
  some.filter((each) => !others.includes(each));

/** The sum first, then what makes the difference. */
function costChanges(before: readonly CostLine[], after: readonly CostLine[]): ThingChange[] {
  const total = (lines: readonly CostLine[]): CostLine => ({ layer: "all", item: "", estimates: [], ...sumOf(lines) });
  const byItem = (lines: readonly CostLine[]): Map<string, CostLine> =>
    new Map(lines.map((line) => [nameOfLine(line), line]));
  const pairs = [["sum", total(before), total(after)] as const, ...pairsOf(byItem(before), byItem(after))];
  return pairs.flatMap(([name, was, is]): ThingChange[] => {
    const changes = (["min", "expected", "max"] as const)
      .map((path): Change => ({
        path: SIZES[path],
        before: formatUsd(was?.[path] ?? 0),
        after: formatUsd(is?.[path] ?? 0),
      }))
      .filter((change) => change.before !== change.after);
    return changes.length > 0 ? [{ kind: COSTS, change: "changed", name, changes }] : [];
  });
}

const SIZES = { min: "at minimum size", expected: "expected", max: "at maximum size" } as const;

/** What is on either side under each name, sorted. */
const pairsOf = <Value>(
  one: ReadonlyMap<string, Value>,
  other: ReadonlyMap<string, Value>,
): [name: string, before: Value | undefined, after: Value | undefined][] =>
  [...new Set([...one.keys(), ...other.keys()])].toSorted().map((name) => [name, one.get(name), other.get(name)]);
