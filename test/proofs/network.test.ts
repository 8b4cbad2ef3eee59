import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../plan/model/kubernetes.ts";
import { Network, type PodKind } from "../../proofs/evaluation/network.ts";

describe("policies are evaluated as Kubernetes says", () => {
  const policy = (spec: object, namespace = "a"): KubernetesObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "p", namespace },
    spec,
  });
  const pod = (app: string, namespace = "a"): PodKind => ({ namespace, labels: { app } });
  const into = (rule: object): KubernetesObject =>
    policy({ podSelector: { matchLabels: { app: "x" } }, policyTypes: ["Ingress"], ingress: [rule] });
  const all = [[0, 65_535]];

  test.each<[string, KubernetesObject[], PodKind, PodKind, unknown]>([
    ["no policy at all", [], pod("y"), pod("x"), all],
    ["a policy of another namespace", [policy({ podSelector: {} }, "b")], pod("y"), pod("x"), all],
    ["no rule denies", [policy({ podSelector: {} })], pod("y"), pod("x"), []],
    ["an empty rule lets everybody in", [into({})], pod("y"), pod("x"), all],
    [
      "a pod selector alone means the same namespace",
      [into({ from: [{ podSelector: {} }] })],
      pod("y", "b"),
      pod("x"),
      [],
    ],
    [
      "both selectors have to select",
      [into({ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "z" } } }] })],
      pod("y", "b"),
      pod("x"),
      [],
    ],
    [
      "a namespace is known by its name's label",
      [into({ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "b" } } }] })],
      pod("y", "b"),
      pod("x"),
      all,
    ],
    ["a block is of no pods", [into({ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] })], pod("y"), pod("x"), []],
    ["one port", [into({ ports: [{ port: 81, protocol: "TCP" }] })], pod("y"), pod("x"), [[81, 81]]],
    ["a range of ports", [into({ ports: [{ port: 70, endPort: 90 }] })], pod("y"), pod("x"), [[70, 90]]],
    [
      "ranges that overlap",
      [into({ ports: [{ port: 70, endPort: 90 }, { port: 80, endPort: 95 }, { port: 100 }] })],
      pod("y"),
      pod("x"),
      [
        [70, 95],
        [100, 100],
      ],
    ],
    [
      "a port by the name that the receiving pod gives it",
      [into({ ports: [{ port: "web" }] })],
      pod("y"),
      { ...pod("x"), ports: { web: 8080 } },
      [[8080, 8080]],
    ],
    ["a name that the receiving pod has not", [into({ ports: [{ port: "web" }] })], pod("y"), pod("x"), []],
    ["another protocol", [into({ ports: [{ port: 80, protocol: "UDP" }] })], pod("y"), pod("x"), []],
    [
      "egress of the caller counts too",
      [policy({ podSelector: {}, policyTypes: ["Egress"] })],
      pod("y"),
      pod("x", "b"),
      [],
    ],
    [
      "egress says nothing about ingress",
      [policy({ podSelector: {}, policyTypes: ["Egress"] })],
      pod("y", "b"),
      pod("x"),
      all,
    ],
  ])("%s", (_, policies, ...[from, to, ports]) => {
    expect(new Network(policies).portsBetween(from, to, "TCP")).toEqual(ports);
  });

  test("a block lets pods in where it contains addresses that pods have", () => {
    const policies = [into({ from: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: 1 }] })];
    const between = (...podAddresses: (readonly [number, number])[]): unknown =>
      new Network(policies, podAddresses).portsBetween(pod("y"), pod("x"), "TCP");
    expect(between()).toEqual([]);
    expect(between([10 * 2 ** 24, 10 * 2 ** 24 + 255])).toEqual([[1, 1]]);
    expect(between([11 * 2 ** 24, 11 * 2 ** 24 + 255])).toEqual([]);
  });

  test("a block's exceptions are cut out", () => {
    const network = new Network([
      into({ from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.128.0.0/9"] } }], ports: [{ port: 1 }] }),
    ]);
    expect(network.outside(pod("x"), "Ingress", "TCP")).toEqual([
      { addresses: [10 * 2 ** 24, 10 * 2 ** 24 + 2 ** 23 - 1], ports: [1, 1] },
    ]);
  });
});
