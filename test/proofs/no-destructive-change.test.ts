import { describe, expect, test } from "vitest";
import { resourcesOfExport } from "../../plan/changes/stack-export.ts";
import { plannedChanges } from "../../plan/changes/steps.ts";
import { carriedBy } from "../../plan/clouds/holders.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { withExceptions } from "../../proofs/exceptions.ts";
import { prove } from "../../proofs/index.ts";
import { noDestructiveChange } from "../../proofs/no-destructive-change.ts";
import { freshPlan, planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, without } from "./cloud.ts";

const [aws, lke, staging] = [await planOf("production"), await planOf("production-lke"), await planOf("staging")];

/** The plan of what follows what exists. */
const upon = (existing: Plan, plan: Plan): Plan => ({
  ...plan,
  changes: plannedChanges(existing.resources, plan.resources, carriedBy),
});
const examine = (existing: Plan, plan: Plan): string[] => [
  ...noDestructiveChange.examine(upon(existing, plan)).failures,
];

test("nothing is judged where it is not known what exists", () => {
  expect(noDestructiveChange.examine(aws)).toEqual({
    evidence: [],
    failures: [],
    notJudged: expect.stringMatching(/^the deployed resources are not known\./) as string,
  });
});

test.each<Case>([
  [
    "a database that is replaced",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.username = "other")),
    /^Instance 'database' is replaced: 'username' changes \(hashicorp\/.*instance\.go:694\)\. It holds data.*Pulumi refuses to delete it\./,
  ],
  [
    "a replica that is deleted",
    (plan) => without(plan, "Instance database-replica-eu-central-1b"),
    /^Instance 'database-replica-eu-central-1b' is deleted\. It holds data/,
  ],
  [
    "a subnet that is deleted",
    (plan) => without(plan, "Subnet control-plane-eu-central-1a"),
    /^Subnet 'control-plane-eu-central-1a' cannot be deleted: Cluster 'promptops-production' keeps using it/,
  ],
  [
    "a NAT gateway that is deleted",
    (plan) => without(plan, "NatGateway nat-eu-central-1b"),
    /^NatGateway 'nat-eu-central-1b' is deleted\. Route .* depend on it/,
  ],
  [
    "a node group that is deleted",
    (plan) => without(plan, "NodeGroup data-1-a"),
    /^NodeGroup 'data-1-a' is deleted, and generation 1 of pool 'data' is not recorded as drained\. Pods run on it/,
  ],
  [
    "node groups with another machine type",
    (plan) => damaged(plan, "NodeGroup", (inputs) => (inputs.instanceTypes = ["m6i.8xlarge"])),
    /^NodeGroup 'gpu-1-a' is replaced: 'instanceTypes\.0' changes/,
  ],
  [
    "a database that goes along with its key",
    (plan) => damaged(plan, "Key data", (inputs) => (inputs.keyUsage = "SIGN_VERIFY")),
    /^Instance 'database' is replaced: 'kmsKeyId' follows data \(/,
  ],
  [
    "a network of other addresses",
    (plan) => damaged(plan, "Vpc vpc", (inputs) => (inputs.cidrBlock = "10.99.0.0/16")),
    /^Vpc 'vpc' is replaced: 'cidrBlock' changes/,
  ],
  [
    "a bucket without its protection, which is deleted at once",
    (plan) => ({ ...without(plan, "Bucket"), expected: staging.expected }),
    /^Bucket 'backups' is deleted/,
  ],
  [
    "a change of an input of which nothing is known",
    (plan) => damaged(plan, "Zone", (inputs) => (inputs.unheardOf = true)),
    /^Zone 'promptops\.io' is replaced: 'unheardOf' changes \(counts as a replacement; no row of/,
  ],
])("in a protected environment: %s", (_, damage, failure) => {
  expectFailure(noDestructiveChange, upon(aws, damage(aws)), failure);
});

test.each<Case>([
  [
    "nodes that are recycled by an update",
    (plan) => damaged(plan, "LkeCluster", (inputs) => (inputs.k8sVersion = "1.36")),
    /^LkeCluster 'promptops-production-lke' loses a part: 'k8sVersion' changes \(All nodes of all pools are recycled/,
  ],
  [
    "a control plane that is no longer highly available",
    (plan) => damaged(plan, "LkeCluster", (inputs) => (inputs.controlPlane.highAvailability = false)),
    /^LkeCluster .* cannot be changed like this: 'controlPlane\.highAvailability' changes \(it cannot be undone; /,
  ],
])("on LKE: %s", (_, damage, failure) => {
  expectFailure(noDestructiveChange, upon(lke, damage(lke)), failure);
});

describe("without protection", () => {
  test("data may be deleted", () => {
    expect(examine(staging, without(staging, "Bucket"))).toEqual([]);
  });

  test("what the API refuses is still refused", () => {
    const damage = (plan: Plan): Plan =>
      damaged(plan, "StorageClass fast-ssd", (inputs) => (inputs.reclaimPolicy = "Delete"));
    expect(examine(staging, damage(staging))).toEqual([
      expect.stringMatching(
        /^StorageClass 'fast-ssd' cannot be changed like this: 'reclaimPolicy' changes \(Immutable in the API/,
      ),
    ]);
  });
});

test("changes in place, and what is new, are no failures", () => {
  const updated = damaged(aws, "Instance database", (inputs) => (inputs.multiAz = false));
  expect(examine(aws, updated)).toEqual([]);
  expect(examine(without(aws, "Bucket"), aws)).toEqual([]);
  expect(noDestructiveChange.examine(upon(aws, updated)).evidence).toEqual([
    "0 to create, 1 to update, 0 to replace, 0 to delete; protected",
  ]);
});

describe("an exception", () => {
  const exception = {
    proof: "no-destructive-change",
    object: "Instance 'database-replica-*'",
    reason: "One replica is enough since the cache came",
    owner: "platform@promptops.io",
    until: "2026-12-31",
  };
  const judge = (plan: Plan): string[] =>
    withExceptions({ ...plan, exceptions: [exception] }, prove(plan, [noDestructiveChange]), {
      today: "2026-11-28",
    }).flatMap(({ failures }) => failures);

  test("lets the resource go that it names", () => {
    expect(judge(upon(aws, without(aws, "Instance database-replica-eu-central-1c")))).toEqual([]);
  });

  test("is refused where nothing of the kind changes, so that it is removed after the deployment", () => {
    expect(judge(upon(aws, aws))).toEqual([expect.stringMatching(/matches no failure/)]);
  });

  test("need not match where nothing is judged", () => {
    expect(judge(aws)).toEqual([]);
  });
});

describe.each([
  [
    "staging",
    { needs: { vcpu: 2, memory: "8Gi" }, nodes: { min: 3, max: 12 }, spot: true },
    { "pools.application.needs": { vcpu: 4, memory: "16Gi" } },
  ],
  [
    "production-lke",
    { type: "g6-standard-8", nodes: { min: 3, max: 10 } },
    { "pools.application.type": "g6-standard-16" },
  ],
])("nodes of a generation in %s", (name, retiring, machine) => {
  const next = { "pools.application.generation": 2, ...machine };
  const drained = { generation: 1, at: "2026-11-28T18:00:00Z", nodes: ["a"] };
  const command = `promptops pools drain application --environment ${name}`;
  /** What is said of the change from both generations to the one that stands. */
  const judge = async (keys: Readonly<Record<string, unknown>>): Promise<string[]> => {
    const during = await freshPlan(name, { ...next, "pools.application.retiring": retiring });
    return examine(during, await freshPlan(name, { ...next, ...keys }));
  };

  test("go once they are recorded as drained", async () => {
    expect(await judge({ "pools.application.drained": drained })).toEqual([]);
  });

  test("are found in the export of a stack too", async () => {
    const [during, now] = [
      await freshPlan(name, { ...next, "pools.application.retiring": retiring }),
      await freshPlan(name, next),
    ];
    const state = { deployment: { resources: during.resources.map((each) => ({ ...each, dependencies: [] })) } };
    const existing = { ...during, resources: resourcesOfExport(state, name, now.resources) ?? [] };
    const undrained = examine(existing, now).filter((failure) => failure.includes("is not recorded as drained"));
    expect(undrained).toEqual(examine(during, now));
  });

  test("stay while nothing is recorded, and the message names the command", async () => {
    const failures = await judge({});
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) {
      expect(failure).toContain("is deleted, and generation 1 of pool 'application' is not recorded as drained");
      expect(failure).toContain(`Keep it under 'retiring', and run '${command}' first.`);
    }
  });

  test("stay where another generation, or that of another pool, is recorded", async () => {
    const third = { "pools.application.generation": 3, "pools.application.drained": { ...drained, generation: 2 } };
    expect(await judge(third)).not.toEqual([]);
    expect(await judge({ "pools.gpu.generation": 2, "pools.gpu.drained": drained })).not.toEqual([]);
  });

  test("stay while their generation stands, or when the whole pool goes", async () => {
    const plan = await planOf(name);
    const some = plan.resources.filter(({ type }) => /NodeGroup|LkeNodePool/.test(type));
    const [gone] = some.filter(({ name: each }) => each.startsWith("application-1"));
    const smaller = { ...plan, resources: plan.resources.filter((each) => each !== gone) };
    const standing = `Make the change in the next generation, and run '${command}' first.`;
    expect(examine(plan, smaller)).toEqual([expect.stringContaining(standing) as string]);
    const without = { ...smaller, pools: plan.pools.filter((pool) => pool.name !== "application") };
    expect(examine(plan, without)).toEqual([
      expect.stringContaining("Keep the pool; to remove it, move its pods") as string,
    ]);
  });
});
