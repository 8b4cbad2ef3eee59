import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrivalOrders } from "../../proofs/evaluation/arrival-orders.ts";
import { admits, emptyNode, type Node, place, type Pod, preferences } from "../../proofs/evaluation/scheduling.ts";

const ZONE = "topology.kubernetes.io/zone";

function node(name: string, zone: string, { cpu = 4000, memory = 2 ** 33, pods = 20 } = {}): Node {
  return emptyNode({
    name,
    pool: "pool",
    labels: { [ZONE]: zone, workload: "pool" },
    taints: [],
    allocatable: { cpu, memory, pods, gpus: 0 },
  });
}

function pod(source: string, cpu: number, spec: Pod["spec"] = {}, memory = 2 ** 20): Pod {
  return { source, namespace: "n", labels: { app: source }, requests: { cpu, memory, gpus: 0 }, spec };
}

const nodesArbitrary = fc.array(
  fc.record({
    zone: fc.constantFrom("a", "b", "c"),
    cpu: fc.integer({ min: 500, max: 8000 }),
    pods: fc.integer({ min: 1, max: 12 }),
  }),
  { minLength: 1, maxLength: 8 },
);
const podsArbitrary = fc.array(
  fc.record({ source: fc.constantFrom("x", "y", "z"), cpu: fc.integer({ min: 10, max: 3000 }) }),
  { maxLength: 40 },
);

describe("whatever pods and nodes there are", () => {
  test("no node takes more than it has, and no pod is lost or doubled", () => {
    fc.assert(
      fc.property(nodesArbitrary, podsArbitrary, (shapes, wishes) => {
        const nodes = shapes.map(({ zone, cpu, pods }, index) => node(`n${index}`, zone, { cpu, pods }));
        const pods = wishes.map(({ source, cpu }) => pod(source, cpu));
        const left = place(pods, nodes);
        for (const each of nodes) {
          expect(each.used.cpu).toBeLessThanOrEqual(each.allocatable.cpu);
          expect(each.pods.length).toBeLessThanOrEqual(each.allocatable.pods);
        }
        expect(nodes.reduce((sum, each) => sum + each.pods.length, 0) + left.length).toBe(pods.length);
      }),
    );
  });

  test("a pod is left only when no node had room for it in the end", () => {
    fc.assert(
      fc.property(nodesArbitrary, podsArbitrary, (shapes, wishes) => {
        const nodes = shapes.map(({ zone, cpu, pods }, index) => node(`n${index}`, zone, { cpu, pods }));
        for (const { requests } of place(
          wishes.map(({ source, cpu }) => pod(source, cpu)),
          nodes,
        )) {
          for (const each of nodes) {
            const room = each.allocatable.cpu - each.used.cpu;
            expect(room < requests.cpu || each.pods.length >= each.allocatable.pods).toBe(true);
          }
        }
      }),
    );
  });
});

test("pods of one kind are spread over zones, then over nodes", () => {
  const nodes = [node("a1", "a"), node("a2", "a"), node("b1", "b"), node("c1", "c")];
  expect(
    place(
      [1, 2, 3, 4].map(() => pod("x", 100)),
      nodes,
    ),
  ).toEqual([]);
  expect(nodes.map(({ pods }) => pods.length)).toEqual([1, 1, 1, 1]);
});

test("room is judged with the pod in place, as the scheduler does: found against the real one", () => {
  const nodes = [
    node("a1", "a", { cpu: 694 }),
    node("a2", "a", { cpu: 3676 }),
    node("b1", "b", { cpu: 1117 }),
    node("a3", "a", { cpu: 2008 }),
  ];
  const [, preference] = preferences;
  expect(
    place([pod("x", 866), pod("x", 866), pod("y", 1496), pod("y", 1496)], nodes, preference ? { preference } : {}),
  ).toHaveLength(1);
});

test("required anti-affinity keeps two of a kind off one node", () => {
  const apart: Pod["spec"] = {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "x" } } },
        ],
      },
    },
  };
  expect(
    place([pod("x", 1, apart), pod("x", 1, apart), pod("x", 1, apart)], [node("a", "a"), node("b", "b")]),
  ).toHaveLength(1);
});

test("hard spread holds pods back when one zone is full", () => {
  const spread: Pod["spec"] = {
    topologySpreadConstraints: [
      {
        topologyKey: ZONE,
        maxSkew: 1,
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: { app: "x" } },
      },
    ],
  };
  const nodes = [node("a", "a", { cpu: 200 }), node("b", "b", { cpu: 4000 })];
  // Zone a holds two; so zone b may hold three, and the sixth waits.
  expect(
    place(
      Array.from({ length: 6 }, () => pod("x", 100, spread)),
      nodes,
    ),
  ).toHaveLength(1);
});

describe("a taint", () => {
  const tainted = { labels: {}, taints: [{ key: "gpu", value: "yes", effect: "NoSchedule" }] };
  test.each<[string, NonNullable<Pod["spec"]["tolerations"]>, boolean]>([
    ["refuses a pod without a toleration", [], false],
    ["lets in what tolerates its value", [{ key: "gpu", operator: "Equal", value: "yes", effect: "NoSchedule" }], true],
    ["refuses what tolerates another value", [{ key: "gpu", value: "no" }], false],
    ["lets in what tolerates its key", [{ key: "gpu", operator: "Exists" }], true],
    ["refuses what tolerates another effect", [{ key: "gpu", operator: "Exists", effect: "NoExecute" }], false],
    ["lets in what tolerates everything", [{ operator: "Exists" }], true],
  ])("%s", (_, tolerations, admitted) => {
    expect(admits(tainted, { spec: { tolerations } })).toBe(admitted);
  });
});

describe("node affinity", () => {
  test.each<[string, object[], boolean]>([
    [
      "needs one of its terms",
      [
        { matchExpressions: [{ key: "a", operator: "In", values: ["2"] }] },
        { matchExpressions: [{ key: "a", operator: "Exists" }] },
      ],
      true,
    ],
    [
      "needs all expressions of a term",
      [
        {
          matchExpressions: [
            { key: "a", operator: "Exists" },
            { key: "b", operator: "Exists" },
          ],
        },
      ],
      false,
    ],
    ["can exclude", [{ matchExpressions: [{ key: "a", operator: "NotIn", values: ["1"] }] }], false],
    ["can compare", [{ matchExpressions: [{ key: "a", operator: "Gt", values: ["0"] }] }], true],
  ])("%s", (_, nodeSelectorTerms, admitted) => {
    const spec = {
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
    } as Pod["spec"];
    expect(admits({ labels: { a: "1" }, taints: [] }, { spec })).toBe(admitted);
  });
});

describe("the orders in which pods may come", () => {
  const pods = [pod("x", 700), pod("y", 400), pod("y", 400), pod("z", 100)];

  test("are all of the same pods, and the same every time", () => {
    const orders = arrivalOrders(pods);
    expect(orders.length).toBeGreaterThan(10);
    for (const order of orders) expect(order.map(({ source }) => source).toSorted()).toEqual(["x", "y", "y", "z"]);
    expect(arrivalOrders(pods)).toEqual(orders);
  });

  test("begin with the largest first, and hold ones in which the same pods find no room", () => {
    const nodes = (): Node[] => [node("a", "a", { cpu: 1000 }), node("b", "a", { cpu: 600 })];
    const [kindest, ...others] = arrivalOrders([pod("y", 400), pod("x", 700)]);
    expect(place(kindest ?? [], nodes())).toEqual([]);
    expect(others.some((order) => place(order, nodes()).length > 0)).toBe(true);
  });
});
