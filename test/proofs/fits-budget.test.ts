import { describe, expect, test } from "vitest";
import type { Plan } from "../../plan/model/plan.ts";
import { costsOf } from "../../proofs/evaluation/costs.ts";
import { withExceptions } from "../../proofs/exceptions.ts";
import { fitsBudget } from "../../proofs/fits-budget.ts";
import { prove } from "../../proofs/index.ts";
import { environmentNames } from "../environments.ts";
import { freshPlan, planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, withResource } from "./cloud.ts";

const [production, lke] = [await planOf("production"), await planOf("production-lke")];
const withBudget = (plan: Plan, budget: number | undefined): Plan => ({
  ...plan,
  expected: { ...plan.expected, budget },
});
const maximum = (plan: Plan): number => costsOf(plan).total.max;

test.each(environmentNames)("%s has a price for all that is billed, and fits its budget", async (name) => {
  const plan = await planOf(name);
  expect(fitsBudget.examine(plan).failures).toEqual([]);
  expect(costsOf(plan).unpriced).toEqual([]);
});

test("the evidence says the sums, how much of them is estimated, and the budget", () => {
  expect(fitsBudget.examine(production).evidence).toEqual([
    expect.stringMatching(
      /^[\d,]+ USD a month at minimum size, [\d,]+ USD expected, [\d,]+ USD at maximum; of the expected sum \d+ % is estimated and \d+ % has prices that the provider did not confirm$/,
    ),
    "budget 10,000 USD",
  ]);
});

describe("an item costs what its price and amount come to", () => {
  test.each<[plan: Plan, item: string, min: number, max: number]>([
    [production, "NodePool application: EC2 t3.xlarge", 3 * 730 * 0.192, 3 * 730 * 0.192],
    [production, "NodePool data: EC2 r5.xlarge", 3 * 730 * 0.304, 6 * 730 * 0.304],
    // 17 spot nodes at half the price of the dearest of three types.
    [production, "NodePool application: EC2 m6i.xlarge, spot", 0, 17 * 730 * 0.23 * 0.5],
    [production, "NodePool gpu: EC2 g6.2xlarge", 2 * 730 * 1.2225, 2 * 730 * 1.2225],
    [production, "NodePool infrastructure: EBS gp3", 3 * 50 * 0.0952, 6 * 50 * 0.0952],
    [production, "Database: RDS db.m7g.large", 4 * 730 * 0.168 * 1.26, 4 * 730 * 0.168 * 1.26],
    [production, "Database: RDS gp3", 400 * 0.115 * 1.26, 1600 * 0.115 * 1.26],
    [production, "Network: NAT gateway", 3 * 730 * 0.052, 3 * 730 * 0.052],
    [production, "Cluster: EKS control plane", 73, 73],
    [production, "NodePool data: data between zones", 3 * 400 * 0.01, 6 * 400 * 0.01],
    [production, "LoadBalancers: network load balancer", 730 * 0.027, 730 * 0.027],
    [lke, "NodePool application: Linode g6-standard-8", 3 * 192, 10 * 192],
    [lke, "Database: Postgres g6-dedicated-8, 3 servers", 819, 819],
    [lke, "Volumes: block storage", 25, 25],
  ])("%# %s", (plan, name, min, max) => {
    const line = costsOf(plan).lines.find(
      ({ layer, pool, item }) => `${[layer, pool].filter(Boolean).join(" ")}: ${item}` === name,
    );
    expect(line?.min, name).toBeCloseTo(min, 1);
    expect(line?.max, name).toBeCloseTo(max, 1);
    expect(line?.expected, name).toBeCloseTo(min + (max - min) / 3, 1);
  });
});

describe("the sum is more than the budget", () => {
  const tight = withBudget(production, Math.ceil(maximum(production)));

  test("holds when it is just enough, and fails below", () => {
    expect(fitsBudget.examine(tight).failures).toEqual([]);
    expectFailure(
      fitsBudget,
      withBudget(production, Math.floor(maximum(production))),
      /^The environment costs [\d,]+ USD a month at maximum size, and its budget is [\d,]+ USD\. Lower the maximum/,
    );
  });

  test.each<[what: string, damage: (plan: Plan) => Plan]>([
    [
      "a pool may grow",
      (plan) => damaged(plan, "NodeGroup data-1-a", ({ scalingConfig }) => (scalingConfig.maxSize = 9)),
    ],
    [
      "spot nodes are bought on demand",
      (plan) => damaged(plan, "NodeGroup", (inputs) => (inputs.capacityType = "ON_DEMAND")),
    ],
    [
      "nodes are larger",
      (plan) => damaged(plan, "NodeGroup data-1-b", (inputs) => (inputs.instanceTypes = ["g5.2xlarge"])),
    ],
    [
      "disks are larger",
      (plan) => damaged(plan, "LaunchTemplate", (inputs) => (inputs.blockDeviceMappings[0].ebs.volumeSize = 500)),
    ],
    [
      "a replica has a standby",
      (plan) => damaged(plan, "Instance database-replica-eu-central-1b", (inputs) => (inputs.multiAz = true)),
    ],
    [
      "the database may grow",
      (plan) => damaged(plan, "Instance database", (inputs) => (inputs.maxAllocatedStorage = 4000)),
    ],
    ["there is one more NAT gateway", (plan) => withResource(plan, "aws:ec2/natGateway:NatGateway", {})],
    [
      "the control plane may stay behind",
      (plan) => damaged(plan, "Cluster", (inputs) => (inputs.upgradePolicy.supportType = "EXTENDED")),
    ],
  ])("when %s", (_, damage) => {
    expectFailure(fitsBudget, damage(tight), /^The environment costs/);
  });

  test("while a pool has two generations", async () => {
    const retiring = { needs: { vcpu: 4, memory: "32Gi" }, nodes: { min: 3, max: 6 }, dedicated: true };
    const both = await freshPlan("production", {
      "pools.data": {
        needs: { vcpu: 8, memory: "32Gi" },
        nodes: { min: 3, max: 6 },
        dedicated: true,
        generation: 2,
        retiring,
      },
    });
    const items = costsOf(both).lines.filter(({ pool }) => pool === "data");
    expect(items.map(({ item }) => item)).toEqual(expect.arrayContaining(["EC2 r5.xlarge", "EC2 m6i.2xlarge"]));
  });
});

describe("what has no price", () => {
  test.each<Case>([
    [
      "a type in no list",
      (plan) => withResource(plan, "aws:sqs/queue:Queue", {}),
      /^Queue 'extra' is unpriced: aws:sqs\/queue:Queue is in no list of what is billed or free\. Add its price/,
    ],
    [
      "a machine type",
      (plan) => damaged(plan, "NodeGroup data-1-a", (inputs) => (inputs.instanceTypes = ["r7i.xlarge"])),
      /^NodeGroup 'data-1-a' is unpriced: 'EC2 r7i.xlarge' has no price in eu-central-1/,
    ],
    [
      "one of the types of a spot pool",
      (plan) =>
        damaged(plan, "NodeGroup application-1-spot-a", ({ instanceTypes }) => instanceTypes.push("m7i.xlarge")),
      /'EC2 m7i.xlarge' has no price/,
    ],
    [
      "a type of volume",
      (plan) =>
        damaged(plan, "LaunchTemplate gpu-1", (inputs) => (inputs.blockDeviceMappings[0].ebs.volumeType = "io2")),
      /'EBS io2' has no price/,
    ],
    [
      "a class of database",
      (plan) => damaged(plan, "Instance database", (inputs) => (inputs.instanceClass = "db.x2g.large")),
      /^Instance 'database' is unpriced: 'RDS db.x2g.large' has no price/,
    ],
    [
      "a region",
      (plan) => ({ ...plan, expected: { ...plan.expected, cloud: { ...plan.expected.cloud, region: "ap-south-1" } } }),
      /'EC2 t3.large' has no price in ap-south-1/,
    ],
  ])("%s is said, and never counts as nothing", (_, damage, failure) => {
    const damage_ = damage(production);
    expectFailure(fitsBudget, damage_, failure);
    expectFailure(fitsBudget, withBudget(damage_, undefined), failure);
    expect(fitsBudget.examine(damage_).evidence[0]).toMatch(/; \d+ unpriced$/);
  });

  test("can be excepted for a while", () => {
    const exception = {
      proof: "fits-budget",
      object: "Queue 'extra'",
      reason: "Its price is asked for, and small",
      owner: "platform@promptops.io",
      until: "2026-12-31",
    };
    const plan = { ...withResource(production, "aws:sqs/queue:Queue", {}), exceptions: [exception] };
    const [finding] = withExceptions(plan, prove(plan, [fitsBudget]), { today: "2026-11-28" });
    expect(finding?.failures).toEqual([]);
    expect(finding?.excepted).toHaveLength(1);
  });
});

test("nothing is judged without a budget, as long as all has a price", () => {
  expect(fitsBudget.examine(withBudget(production, undefined))).toEqual({
    evidence: [],
    failures: [],
    notJudged: "the environment has no budget. Set 'budget.monthly'.",
  });
});

test("an environment whose owner bills nothing needs no budget", async () => {
  const { evidence, failures, notJudged } = fitsBudget.examine(await planOf("development"));
  expect([evidence, failures, notJudged]).toEqual([["nothing that has a price is billed"], [], undefined]);
});
