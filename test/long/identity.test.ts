import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import type { Plan } from "../../plan/model/plan.ts";
import type { RecordedObject } from "../../plan/model/recorded.ts";
import { planEnvironment } from "../../plan/plan.ts";
import { roleName } from "../../platform/names.ts";
import { parseEnvironment } from "../../platform/read-environment.ts";
import { descriptors, environmentNames, environmentSource } from "../environments.ts";
import { freshPlan, planOf } from "../plans.ts";

type Change = readonly [resource: string, what: string];

/** What the second plan creates, deletes or says otherwise, by URN; for the latter, which inputs. */
function changes(before: Plan, after: Plan): Change[] {
  const [old, now] = [before, after].map(({ resources }) => new Map(resources.map((each) => [each.urn, each])));
  const short = (urn: string): string => urn.split("::").slice(2).join(" ");
  return [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].toSorted().flatMap((urn): Change[] => {
    const [was, is] = [old?.get(urn), now?.get(urn)];
    if (!was || !is) return [[short(urn), was ? "deleted" : "created"]];
    const [told, tells] = [was, is].map(({ inputs }) => withoutPaths(inputs, is.ignoreChanges));
    const inputs = [...new Set([...Object.keys(told ?? {}), ...Object.keys(tells ?? {})])];
    return inputs
      .filter((input) => JSON.stringify(told?.[input]) !== JSON.stringify(tells?.[input]))
      .map((input) => [short(urn), input]);
  });
}

function withoutPaths(inputs: RecordedObject, paths: readonly string[]): Record<string, unknown> {
  const kept = structuredClone(inputs) as Record<string, unknown>;
  for (const path of paths) {
    const [last = "", ...above] = path
      .replaceAll(/\[(\d+)\]/g, ".$1")
      .split(".")
      .toReversed();
    const parent = above.toReversed().reduce<unknown>((value, key) => (value as RecordedObject)[key], kept);
    Reflect.deleteProperty(parent as object, last);
  }
  return kept;
}

/** Puts every list and map of a value into another order. */
function reordered(value: unknown, order: (length: number) => readonly number[]): unknown {
  const pick = <Item>(items: readonly Item[]): Item[] =>
    order(items.length).flatMap((index) => (index in items ? [items[index] as Item] : []));
  if (Array.isArray(value)) return pick(value).map((item) => reordered(item, order));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(pick(Object.entries(value)).map(([key, item]) => [key, reordered(item, order)]));
}

/** Lists with more entries than the project's environments have. */
const longer: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  aws: {
    "kubernetes.access": ["203.0.113.0/24", "198.51.100.0/24"],
    "kubernetes.administrators": ["one", "two"].map((name) => `arn:aws:iam::111122223333:role/${name}`),
  },
  linode: { "kubernetes.access": ["203.0.113.0/24", "198.51.100.0/24"] },
  local: { "services.worker": {}, "services.model-simulator": { replicas: { min: 2, max: 2 } } },
};

const models = (hosted: readonly unknown[]): unknown[] => [
  ...hosted,
  { name: "gpt", endpoint: "https://api.openai.com/v1", credential: "openai", concurrency: 8 },
  { name: "private", endpoint: "http://10.9.8.7:8000/v1", private: true, credential: "own", concurrency: 8 },
];

describe("the order of lists and keys in an environment file", () => {
  test.each(environmentNames)("of %s changes no resource and no object", async (name) => {
    const base = await planOf(name);
    const { config } = parse(environmentSource(name)) as { config: Record<string, unknown[]> };
    const source = environmentSource(name, { ...longer[base.cloud], models: models(config["promptops:models"] ?? []) });
    const planned = (text: string): Promise<Plan> =>
      planEnvironment(parseEnvironment(text, name, descriptors), descriptors);
    const before = await planned(source);
    expect(before.resources.length).toBeGreaterThanOrEqual(base.resources.length);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), async (random) => {
        const order = (length: number): number[] =>
          Array.from({ length }, (_, index) => index)
            .map((index) => ({ index, by: random.next().value }))
            .toSorted((one, other) => one.by - other.by)
            .map(({ index }) => index);
        const after = await planned(stringify(reordered(parse(source), order)));
        expect(changes(before, after)).toEqual([]);
        expect(after.objects).toEqual(before.objects);
      }),
      { numRuns: 2, seed: 9 },
    );
  });
});

describe("a zone", () => {
  const [a, b, c] = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
  const of = (...zones: (string | undefined)[]): Record<string, unknown> => ({
    zones,
    "pools.gpu.zones": zones.filter((zone) => zone === a || zone === c),
    "database.readReplicas": zones.includes(c) ? [c] : undefined,
    protect: false,
  });
  /** In place on the cloud; bounds of node groups follow from sharing the pool's nodes out over more zones. */
  const inPlace = /NodeGroup .* scalingConfig$|SubnetGroup.* subnetIds$|VpcEndpoint.* routeTableIds$/;
  const without = [
    ["the first", of(b, c)],
    ["one between", of(a, c)],
    ["the last", of(a, b)],
  ] as const;

  test.each(without)("that is added as %s adds resources and replaces none", async (_, fewer) => {
    const [before, after] = [await freshPlan("production", fewer), await freshPlan("production", of(a, b, c))];
    const found = changes(before, after).filter((change) => !inPlace.test(change.join(" ")));
    expect(found.length).toBeGreaterThan(10);
    expect(found.filter(([, what]) => what !== "created")).toEqual([]);
    const back = changes(after, before).filter((change) => !inPlace.test(change.join(" ")));
    expect(back.filter(([, what]) => what !== "deleted")).toEqual([]);
  });
});

test("two environments never have a role of one name", () => {
  const name = fc.stringMatching(/^[a-z]([-a-z0-9]{0,8}[a-z0-9])?$/);
  fc.assert(
    fc.property(fc.tuple(name, name), fc.tuple(name, name), ([one, its], [other, theirs]) => {
      fc.pre(one !== other);
      expect(roleName({ name: one }, its)).not.toBe(roleName({ name: other }, theirs));
    }),
  );
  expect(roleName({ name: "a" }, "b-c")).not.toBe(roleName({ name: "a-b" }, "c"));
});
