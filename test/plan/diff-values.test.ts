import { expect, test } from "vitest";
import { diffValues } from "../../plan/diff-values.ts";

const paths = (before: unknown, after: unknown): string[] => diffValues(before, after).map(({ path }) => path);

const api = { name: "api", image: "a:1", env: [{ name: "A", value: "1" }] };
const proxy = { name: "proxy", image: "p:1" };

test("a container in front of others is one change, and so is a field of one that moved", () => {
  expect(diffValues({ containers: [api] }, { containers: [proxy, api] })).toEqual([
    { path: "containers[proxy]", before: undefined, after: proxy },
  ]);
  expect(paths({ containers: [api, proxy] }, { containers: [proxy, { ...api, image: "a:2" }] })).toEqual([
    "containers[api].image",
  ]);
});

test("variables, mounts, volumes and ports are paired by their keys", () => {
  const before = {
    env: [{ name: "A", value: "1" }],
    volumeMounts: [{ name: "v", mountPath: "/a" }],
    ports: [{ containerPort: 80 }, { containerPort: 80, protocol: "UDP" }],
  };
  const after = {
    env: [
      { name: "B", value: "2" },
      { name: "A", value: "3" },
    ],
    volumeMounts: [
      { name: "v", mountPath: "/b" },
      { name: "w", mountPath: "/a" },
    ],
    ports: [
      { containerPort: 80, protocol: "UDP" },
      { containerPort: 80, protocol: "TCP", name: "http" },
    ],
  };
  expect(paths(before, after)).toEqual([
    "env[A].value",
    "env[B]",
    "volumeMounts[/a].name",
    "volumeMounts[/b]",
    "ports[80/TCP].protocol",
    "ports[80/TCP].name",
  ]);
});

test("ports of a Service are paired by theirs", () => {
  const ports = [
    { port: 80, targetPort: 1 },
    { port: 81, targetPort: 2 },
  ];
  expect(paths({ ports }, { ports: [{ port: 81, targetPort: 3 }, ports[0]] })).toEqual(["ports[81/TCP].targetPort"]);
});

test("items without a key are paired by content", () => {
  const rules = [{ host: "a" }, { host: "b" }, { host: "c" }];
  expect(paths({ rules }, { rules: [rules[0], rules[2]] })).toEqual(["rules.1"]);
  expect(paths({ rules }, { rules: [{ host: "x" }, ...rules] })).toEqual(["rules.0"]);
  expect(paths({ rules }, { rules: [rules[0], { host: "y" }, rules[2]] })).toEqual(["rules.1.host"]);
});

test("an order that changed is told where it may count: arguments, init containers", () => {
  expect(paths({ args: ["a", "b"] }, { args: ["b", "a"] })).toEqual(["args"]);
  expect(paths({ initContainers: [api, proxy] }, { initContainers: [proxy, api] })).toEqual(["initContainers"]);
});

test("a key that two items share pairs nothing", () => {
  const env = [
    { name: "A", value: "1" },
    { name: "A", value: "2" },
  ];
  expect(paths({ env }, { env: [env[0]] })).toEqual(["env.1"]);
});

test("the order of fields is no difference", () => {
  expect(paths({ rules: [{ a: 1, b: 2 }] }, { rules: [{ b: 2, a: 1 }] })).toEqual([]);
});
