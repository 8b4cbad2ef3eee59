import fc from "fast-check";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { loadRecords, recordedObjectsOf } from "../../plan/addon-records.ts";
import type { Environment } from "../../platform/environment.ts";
import { FaultyFileError } from "../../platform/faults.ts";
import { installedAddons } from "../../platform/installed-addons.ts";
import { parseEnvironment } from "../../platform/read-environment.ts";
import { descriptors, environmentNames, environmentSource } from "../environments.ts";

const records = await loadRecords(descriptors);

type Path = readonly (string | number)[];
type Scalar = string | number | boolean;

/** Every scalar of a file, with its path. */
function scalarsIn(value: unknown, path: Path = []): { readonly path: Path; readonly value: Scalar }[] {
  if (typeof value !== "object" || value === null) return [{ path, value: value as Scalar }];
  return Object.entries(value).flatMap(([key, inner]) =>
    scalarsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** Other values of the same form: some are legal, others are refused when the file is read. */
function othersLike(value: Scalar): Scalar[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [1, value + 1, value * 2];
  const [, digits, unit = ""] = /^(\d+)(.*)$/.exec(value) ?? [];
  return digits === undefined
    ? [`${value}-x`, `x.${value}`]
    : [1, 2, 3].map((factor) => `${Number(digits) * factor + 1}${unit}`);
}

function changed(source: string, path: Path, value: Scalar): string {
  const content = parse(source) as Record<string, unknown>;
  const last = path.at(-1) ?? "";
  const parent = path
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>((inner, key) => inner[key] as Record<string | number, unknown>, content);
  parent[last] = value;
  return stringify(content);
}

/** The environment, or undefined where the file is refused. */
function legal(source: string, name: string): Environment | undefined {
  try {
    return parseEnvironment(source, name, descriptors);
  } catch (error) {
    if (error instanceof FaultyFileError) return undefined;
    throw error;
  }
}

/** Throws when the records lack what an add-on brings with these values. */
function requireRecords(environment: Environment): void {
  for (const installed of installedAddons(environment, descriptors)) {
    const isRendered = "source" in installed.addon.delivery;
    expect(recordedObjectsOf(environment, installed, records).length > 0, installed.addon.name).toBe(isRendered);
  }
}

test.each(environmentNames)("no legal change of a scalar of %s needs a new record", (name) => {
  const source = environmentSource(name);
  const accepted = scalarsIn(parse(source)).flatMap(({ path, value }) =>
    othersLike(value).flatMap((other) => legal(changed(source, path, other), name) ?? []),
  );
  expect(accepted.length).toBeGreaterThan(20);
  accepted.forEach(requireRecords);
});

test("thirty random legal edits need no new record", () => {
  let tried = 0;
  const edits = fc.record({
    name: fc.constantFrom(...environmentNames),
    picks: fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 4 }),
  });
  fc.assert(
    fc.property(edits, ({ name, picks }) => {
      const source = picks.reduce((text, [which, how]) => {
        const scalars = scalarsIn(parse(text));
        const picked = scalars[which % scalars.length];
        if (!picked) return text;
        const others = othersLike(picked.value);
        const next = changed(text, picked.path, others[how % others.length] ?? picked.value);
        return legal(next, name) ? next : text;
      }, environmentSource(name));
      const environment = legal(source, name);
      if (!environment) return;
      tried++;
      requireRecords(environment);
    }),
    { numRuns: 30, seed: 7 },
  );
  expect(tried).toBe(30);
});

test("an add-on whose source was not recorded is refused, with the command that records it", () => {
  const environment = legal(environmentSource("production"), "production");
  if (!environment) throw new Error("production is refused");
  const [valkey] = installedAddons(environment, descriptors).filter(({ addon }) => addon.name === "valkey");
  if (!valkey) throw new Error("production has no valkey");
  expect(() => recordedObjectsOf(environment, valkey, new Map())).toThrow(/Run 'npm run build:addons -- valkey'/);
});

test("a version that no source lists is refused when the file is read", () => {
  expect(() =>
    parseEnvironment(environmentSource("production", { "addons.valkey.version": "0.0.1" }), "production", descriptors),
  ).toThrow(/addons\.valkey\.version = "0\.0\.1"/);
});
