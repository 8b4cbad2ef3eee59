import { describe, expect, test } from "vitest";
import { z } from "zod";
import { shapesOf } from "../../addons/recording/contexts.ts";
import { type AddonRecord, shapeKey } from "../../addons/recording/record.ts";
import { recordedObjects } from "../../addons/recording/recorded-objects.ts";
import { sentinelsFor, templateOf } from "../../addons/recording/sentinels.ts";
import { clouds } from "../../platform/clouds.ts";
import { UserError } from "../../platform/faults.ts";
import { Hole } from "../../platform/hole.ts";
import { addonWith, chart, contextWith, deployment, holes, record, type Render, type Values } from "./recorder.ts";

describe("shapes", () => {
  test("values that differ only in what fills a hole have one shape", () => {
    expect(shapeKey({ memory: Hole.quantity("memory", "1Gi") })).toBe(
      shapeKey({ memory: Hole.quantity("memory", "2Gi") }),
    );
    const text = (size: number): object => ({ config: Hole.joined("maxmemory ", Hole.number("size", size), "\n") });
    expect(shapeKey(text(1))).toBe(shapeKey(text(2)));
  });

  test("another key, plain value, hole or kind of hole is another shape", () => {
    const key = shapeKey({ a: Hole.text("a", "x") });
    for (const other of [
      { a: "x" },
      { b: Hole.text("a", "x") },
      { a: Hole.text("b", "x") },
      { a: Hole.quantity("a", "1") },
      { a: Hole.text("a", "x"), b: 1 },
    ])
      expect(shapeKey(other)).not.toBe(key);
  });

  test("an empty text has no hole", () => {
    expect(templateOf([""], sentinelsFor([Hole.text("a", "x")], 0))).toEqual([""]);
  });

  test("the order of keys does not matter", () => expect(shapeKey({ a: 1, b: 2 })).toBe(shapeKey({ b: 2, a: 1 })));

  test("each boolean and enum, each optional key, each cloud and each kind of pool is a shape where values depend on it", () => {
    const own = z.strictObject({
      mode: z.enum(["one", "two"]),
      on: z.boolean(),
      size: z
        .string()
        .regex(/^\d+Gi$/)
        .optional(),
      nested: z.strictObject({ email: z.email() }).optional(),
    });
    const shapes = shapesOf(addonWith(({ options: all }) => ({ ...all }), own));
    expect(shapes).toHaveLength(2 * 2 * 2 * 2);
    const placed = {
      ...addonWith(({ placement, cloud, protect }) => ({ placement, cloud: cloud.name, protect })),
      pool: "data",
    };
    expect(shapesOf({ ...placed, clouds })).toHaveLength(3 * 2 * 5);
    expect(shapesOf(placed)).toHaveLength(2 * 5);
    expect(shapesOf(placed)[0]?.when).toBe("placement: baseline; protect: false");
  });

  test("an option of a form that the recorder has no value of is named", () => {
    const own = z.strictObject({ colour: z.string().regex(/^#[0-9a-f]{6}$/) });
    expect(() => shapesOf(addonWith(() => ({}), own))).toThrow(
      /^options\.colour: the recorder knows no value of this form/,
    );
  });
});

describe("holes", () => {
  const recorded = record(addonWith(holes), chart);

  test("a recorded object is what the chart renders with the same values, also within longer texts", () => {
    for (const own of [
      { memory: "48Mi", replicas: 3, metrics: true },
      { memory: "999Mi", replicas: 1, metrics: false },
    ]) {
      const objects = recordedObjects(recorded, "1.0.0", holes(contextWith(own)));
      const rendered = chart(own).map((object: { metadata?: object }) => ({
        ...object,
        metadata: { ...object.metadata, namespace: "data" },
      }));
      expect(objects).toEqual(rendered);
    }
  });

  test("a hole that decides which objects there are is refused, with its name and the object", () => {
    const render: Render = (values) => (Number(values["replicas"]) > 1 ? chart(values) : []);
    expect(() => record(addonWith(holes), render)).toThrow(
      /^Add-on 'cache' 1\.0\.0: hole .*'replicas' changes more than a scalar, at apps\/v1 Deployment data cache/,
    );
  });

  test.each([
    ["converted", ({ memory }: { memory: string }) => ({ bytes: parseInt(memory) * 2 ** 20 })],
    ["cut", ({ memory }: { memory: string }) => ({ limit: memory.slice(0, 3) })],
    ["cut off at its end", ({ memory }: { memory: string }) => ({ limit: memory.slice(-2) })],
    ["written as a key", ({ memory }: { memory: string }) => ({ limits: { [memory]: 1 } })],
  ])("a hole whose value is %s is refused", (_, spec) => {
    const attempt = (): AddonRecord =>
      record(addonWith(holes), (values) => [deployment(spec(values as { memory: string }))]);
    expect(attempt).toThrow(
      /hole 'memory' changes more than a scalar, at apps\/v1 Deployment data cache, field spec\./,
    );
    expect(attempt).toThrow(UserError);
  });

  test("output that differs from one rendering to the next is refused", () => {
    let count = 0;
    const render: Render = () => [deployment({ password: `p${count++}` })];
    expect(() =>
      record(
        addonWith(() => ({})),
        render,
      ),
    ).toThrow(/two renderings with the same values differ.*field spec\.password/);
  });
});

describe("value keys", () => {
  const defaults = { resources: {}, auth: { enabled: false, users: [] }, labels: { app: "x" } };
  const values: Values = () => ({
    resources: { any: 1 },
    auth: { enable: true },
    labels: { own: "y" },
    global: { any: 1 },
  });
  // The chart copies its labels whole.
  const render: Render = ({ labels }) => [deployment({ labels })];

  test("a key that the chart neither defines nor reads is refused, with the nearest one", () => {
    expect(() => record(addonWith(values), render, defaults)).toThrow(
      "Add-on 'cache' 1.0.0: the chart does not define these value keys:\n  'auth.enable': the nearest is 'enabled'",
    );
  });

  test("keys below an empty map, below global, and those that change the output are free", () => {
    const free: Values = () => ({ resources: { any: 1 }, labels: { own: "y" }, global: { any: 1 } });
    expect(() => record(addonWith(free), render, defaults)).not.toThrow();
  });
});

describe("reading", () => {
  const recorded = record(addonWith(holes), chart);

  test("a shape that is not recorded is refused with the command that records it", () => {
    expect(() => recordedObjects(recorded, "1.0.0", { extra: true })).toThrow(
      new UserError(
        "Add-on 'cache' 1.0.0 has not been recorded with values of this shape. " +
          "Run 'npm run build:addons -- cache' and commit addons/cache/rendered.json.",
      ),
    );
  });

  test("a version that is not recorded is refused with those that are", () => {
    expect(() => recordedObjects(recorded, "2.0.0", {})).toThrow(
      /^Add-on 'cache' has no record of version 2\.0\.0; it has 1\.0\.0\./,
    );
  });
});
