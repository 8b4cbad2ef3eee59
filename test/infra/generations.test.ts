import { describe, expect, test } from "vitest";
import { known, knownNumber, type RecordedResource } from "../../plan/model/recorded.ts";
import { proofs } from "../../proofs/index.ts";
import { toPlanFile } from "../../plan/plan-file.ts";
import { faultsOf } from "../environments.ts";
import { freshPlan, planOf } from "../plans.ts";
import { ofType } from "./resources.ts";

const GROUP = "aws:eks/nodeGroup:NodeGroup";
const POOL = "linode:index/lkeNodePool:LkeNodePool";
const RETIRING = { key: "retiring", value: "true" };

/** Pool `data` of production on another machine, with the one before it. */
const next = {
  "pools.data.generation": 2,
  "pools.data.needs": { vcpu: 8, memory: "32Gi" },
  "pools.data.retiring": { needs: { vcpu: 4, memory: "32Gi" }, nodes: { min: 3, max: 6 }, dedicated: true },
};
const drained = { generation: 1, at: "2026-11-28T18:00:00Z", nodes: ["ip-10-20-0-7.eu-central-1.compute.internal"] };

const [before, during] = [await planOf("production"), await freshPlan("production", next)];
const named = (resources: readonly RecordedResource[], prefix: string): RecordedResource[] =>
  ofType(GROUP, resources).filter(({ name }) => name.startsWith(prefix));

describe("a new generation of a pool on EKS", () => {
  test("stands beside the earlier one, whose groups keep their identity and machine", () => {
    expect(named(during.resources, "data-").map(({ name }) => name)).toEqual([
      ...["data-1-a", "data-1-b", "data-1-c"],
      ...["data-2-a", "data-2-b", "data-2-c"],
    ]);
    for (const group of named(during.resources, "data-1-")) {
      const old = before.resources.find(({ urn }) => urn === group.urn);
      for (const input of ["instanceTypes", "subnetIds", "labels", "launchTemplate", "nodeRoleArn"])
        expect(group.inputs[input], `${group.name} ${input}`).toEqual(old?.inputs[input]);
    }
    expect(known(named(during.resources, "data-2-")[0] as RecordedResource, "instanceTypes")).toEqual(["m6i.2xlarge"]);
  });

  test("taints the earlier one, so that nothing new starts there, and lets its autoscaler empty it", () => {
    for (const group of named(during.resources, "data-1-")) {
      expect(known(group, "taints"), group.name).toContainEqual({ ...RETIRING, effect: "NO_SCHEDULE" });
      expect(knownNumber(group, "scalingConfig.minSize"), group.name).toBe(0);
    }
    for (const group of named(during.resources, "data-2-"))
      expect(known(group, "taints")).not.toContainEqual(expect.objectContaining(RETIRING));
  });

  test("touches no other pool", () => {
    const others = (resources: readonly RecordedResource[]): RecordedResource[] =>
      ofType(GROUP, resources).filter(({ name }) => !name.startsWith("data-"));
    expect(others(during.resources)).toEqual(others(before.resources));
  });

  test("is the only one that pods count on, and all proofs hold", () => {
    expect(during.nodeGroups.filter(({ pool }) => pool === "data").map(({ machines }) => machines)).toEqual(
      Array.from({ length: 3 }, () => ["m6i.2xlarge"]),
    );
    expect(during.retiringNodes.map(({ pool, labels }) => [pool, labels["generation"]])).toEqual(
      Array.from({ length: 3 }, () => ["data", "1"]),
    );
    const pools = proofs.filter(({ name }) => /^(fits|require-as-declared|require-spread|valid-resources)/.test(name));
    expect(pools.flatMap(({ examine }) => examine(during).failures)).toEqual([]);
  });

  test("gives each generation a launch template, and groups no name of ours, so that a replacement comes first", () => {
    const templates = ofType("aws:ec2/launchTemplate:LaunchTemplate", during.resources).map(({ name }) => name);
    expect(templates).toEqual(expect.arrayContaining(["data-1", "data-2"]));
    for (const group of ofType(GROUP, during.resources)) expect(group.inputs).not.toHaveProperty("nodeGroupName");
  });
});

test("a new generation on LKE stands beside the earlier one, which takes no pods and keeps one node at least", async () => {
  const { resources, nodeGroups } = await freshPlan("production-lke", {
    "pools.application.generation": 2,
    "pools.application.type": "g6-standard-16",
    "pools.application.retiring": { type: "g6-standard-8", nodes: { min: 3, max: 10 } },
  });
  const [now, old] = ["application-2", "application-1"].map((name) =>
    ofType(POOL, resources).find((each) => each.name === name),
  );
  expect(now?.inputs).toMatchObject({ type: "g6-standard-16", autoscaler: { min: 3, max: 10 } });
  expect(old?.inputs).toMatchObject({ type: "g6-standard-8", autoscaler: { min: 1, max: 10 } });
  expect(old && known(old, "taints")).toEqual([{ ...RETIRING, effect: "NoSchedule" }]);
  expect(nodeGroups.filter(({ pool }) => pool === "application")).toHaveLength(1);
});

test("plan.json says which generation retires, and which was drained, also when it is gone", async () => {
  const pools = (plan: typeof during): unknown =>
    toPlanFile(plan, {
      findings: [],
      effects: { connections: [], permissions: [], workloads: [], data: [], costs: [], unpriced: [] },
    }).pools;
  expect(pools(before)).toContainEqual({ name: "data", generation: 1 });
  expect(pools(during)).toContainEqual({ name: "data", generation: 2, retiring: { generation: 1 } });
  const done = await freshPlan("production", { ...next, "pools.data.drained": drained });
  expect(pools(done)).toContainEqual({ name: "data", generation: 2, retiring: { generation: 1 }, drained });
  expect(named(done.resources, "data-1-")).toEqual(named(during.resources, "data-1-"));
  const after = { ...next, "pools.data.drained": drained, "pools.data.retiring": undefined };
  const gone = await freshPlan("production", after);
  expect(pools(gone)).toContainEqual({ name: "data", generation: 2, drained });
});

test.each<[string, Record<string, unknown>, RegExp, string?]>([
  ["without a new number", { ...next, "pools.data.generation": 1 }, /^promptops:pools\.data\.generation: must be at/],
  [
    "whose machine does not exist",
    { ...next, "pools.data.retiring": { type: "x9.huge", nodes: { min: 3, max: 6 } } },
    /^promptops:pools\.data\.retiring\.type: must be a machine type/,
  ],
  [
    "whose machine is not said",
    { ...next, "pools.data.retiring": { nodes: { min: 3, max: 6 } } },
    /^promptops:pools\.data\.retiring\.needs: set either 'type' or 'needs'/,
  ],
  [
    "that stands and is drained",
    { "pools.data.drained": drained },
    /^promptops:pools\.data\.drained\.generation: must be less than 1, .*Only 'promptops pools drain' writes it/,
  ],
  [
    "where nodes are declared",
    { "pools.application.generation": 2 },
    /^promptops:pools\.application\.generation: has no meaning on local/,
    "development",
  ],
])("a generation %s is refused", (_, changes, rule, name) => {
  expect(faultsOf(changes, name)).toContainEqual(expect.stringMatching(rule));
});
