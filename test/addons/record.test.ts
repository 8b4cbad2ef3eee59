import { expect, test } from "vitest";
import { differencesBetween } from "../../addons/recording/differences.ts";
import type { AddonRecord, VersionRecord } from "../../addons/recording/record.ts";
import { recordedObjects } from "../../addons/recording/recorded-objects.ts";
import { addonWith, deployment, record, type Render, type Values } from "./recorder.ts";

const versionOf = ({ versions }: AddonRecord): Partial<VersionRecord> => versions["1.0.0"] ?? {};

test("an object that all shapes share is stored once, another one as its differences", () => {
  const values: Values = ({ protect }) => ({ replicas: protect ? 2 : 1 });
  const { objects = [], shapes = {} } = versionOf(
    record(addonWith(values), ({ replicas }) => [
      deployment({ replicas, paused: false }),
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "cache" } },
    ]),
  );
  expect(Object.values(shapes).map((shape) => shape.objects)).toEqual([
    [0, 1],
    [2, 1],
  ]);
  expect(objects[2]).toEqual({ like: 0, changes: [{ path: ["spec", "replicas"], value: 2 }] });
});

test("holds no contents, scripts, certificates or prose, and of these the addresses", () => {
  const objects: object[] = [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "config", annotations: { note: "prose" } },
      data: {
        "app.conf":
          "# see http://comment.example.com\nurl = https://api.example.com/v1\npeer = cache-0.cache.data.svc:6379\nat = 12:30",
      },
    },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "secret" },
      data: { url: Buffer.from("postgres:5432").toString("base64") },
    },
    deployment({
      template: { spec: { containers: [{ command: ["sh", "-c", "set -e\ncurl http://other:8080/ready\n"] }] } },
    }),
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "webhook" },
      webhooks: [{ name: "a.b.c", clientConfig: { caBundle: "AAAA", service: { name: "cache", namespace: "data" } } }],
    },
    {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "caches.example.com" },
      spec: {
        group: "example.com",
        scope: "Cluster",
        names: { kind: "Cache", plural: "caches", singular: "cache" },
        versions: [
          { name: "v1", served: true, schema: { description: "prose" } },
          { name: "v0", served: false },
        ],
      },
    },
    { apiVersion: "example.com/v1", kind: "Cache", metadata: { name: "one" }, spec: { description: "prose", size: 1 } },
  ];
  const none: Values = () => ({});
  const kept = recordedObjects(
    record(addonWith(none), () => objects),
    "1.0.0",
    {},
  );
  expect(kept).toEqual([
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "webhook" },
      webhooks: [{ name: "a.b.c", clientConfig: { service: { name: "cache", namespace: "data" } } }],
    },
    {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "caches.example.com" },
      spec: {
        group: "example.com",
        scope: "Cluster",
        names: { kind: "Cache", plural: "caches" },
        versions: [{ name: "v1", served: true }],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "cache", namespace: "data" },
      spec: { template: { spec: { containers: [{ command: ["sh", "-c", "(2 lines)"] }] } } },
      addresses: ["http://other:8080/ready"],
    },
    { apiVersion: "example.com/v1", kind: "Cache", metadata: { name: "one" }, spec: { size: 1 } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "config", namespace: "data" },
      keys: ["app.conf"],
      addresses: ["cache-0.cache.data.svc:6379", "https://api.example.com/v1"],
    },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "secret", namespace: "data" },
      keys: ["url"],
      addresses: ["postgres:5432"],
    },
  ]);
});

test("the same source gives the same record; a change of what is left out shows in the digest of the output alone", () => {
  const none: Values = () => ({});
  const config =
    (data: string): Render =>
    () => [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { a: data } }];
  const committed = record(addonWith(none), config("x"));
  expect(differencesBetween(committed, record(addonWith(none), config("x")))).toEqual([]);
  const [line, ...others] = differencesBetween(committed, record(addonWith(none), config("y")));
  expect(line).toMatch(/^cache 1\.0\.0: shape [0-9a-f]{16}: output is [0-9a-f]{64}, recorded [0-9a-f]{64}$/);
  expect(others).toEqual([]);
});

test("a new shape, a shape that is gone and a changed field are each named", () => {
  const plain =
    (size: number): Values =>
    () => ({ size });
  const render: Render = ({ size }) => [deployment({ size })];
  const committed = record(addonWith(plain(1)), render);
  const shapes = differencesBetween(committed, record(addonWith(plain(2)), render));
  expect(shapes.map((line) => line.replace(/[0-9a-f]{16}/, "KEY"))).toEqual([
    "cache 1.0.0: shape KEY (always) is recorded, but no environment can have it",
    "cache 1.0.0: shape KEY (always) is not recorded yet",
  ]);
  const fields = differencesBetween(
    committed,
    record(addonWith(plain(1)), ({ size }) => [deployment({ size: Number(size) + 1 })]),
  );
  expect(fields.at(-1)).toMatch(/^cache 1\.0\.0: shape [0-9a-f]+: apps\/v1 Deployment data cache, field spec\.size$/);
});
