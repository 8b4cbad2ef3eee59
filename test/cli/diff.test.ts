import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diffPlans } from "../../plan/diff.ts";
import { type PlanFile, toPlanFile } from "../../plan/plan-file.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { effectsOf } from "../../proofs/evaluation/effects.ts";
import { prove } from "../../proofs/index.ts";
import { freshPlan, planOf } from "../plans.ts";
import { promptops, type Result } from "./promptops.ts";

let folder: string;
let before: PlanFile;
let after: PlanFile;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-diff-"));
  const write = (name: string, planned: Plan): PlanFile => {
    const plan = toPlanFile(planned, { findings: prove(planned), effects: effectsOf(planned) });
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "plan.json"), JSON.stringify(plan));
    return plan;
  };
  const plan = await planOf("production");
  const changed = await freshPlan("production", {
    "pools.data.nodes.max": 9,
    services: { worker: { replicas: { min: 2, max: 40 } } },
    "addons.rabbitmq": undefined,
  });
  before = write("before", plan);
  after = write("after", changed);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const diff = (...args: string[]): Promise<Result> => promptops(["diff", ...args], folder);

describe("two plans", () => {
  test("differ in what came, what went, and what stands otherwise, value by value", () => {
    const changes = diffPlans(before, after);
    const of = (kind: string): string[] =>
      changes.filter((each) => each.kind === kind).map(({ change, name }) => `${change} ${name}`);
    expect(of("nodes")).toEqual(["a", "b", "c"].map((zone) => `changed data eu-central-1${zone}`));
    expect(of("objects")).toContain("removed 30-data/rabbitmqcluster.data.rabbitmq.yaml");
    expect(of("objects").filter((each) => each.startsWith("added"))).toEqual([]);
    const scaled = changes.find(({ name }) => name === "50-services/scaledobject.application.worker.yaml");
    expect(scaled?.changes).toEqual([{ path: "spec.maxReplicaCount", before: 50, after: 40 }]);
    expect(of("proofs")).toContain("changed fits-connections");
  });

  test("that are the same do not differ", () => {
    expect(diffPlans(before, structuredClone(before))).toEqual([]);
  });

  test("of two environments are compared without the stack's name in every URN", async () => {
    const staging = await planOf("staging");
    const changes = diffPlans(toPlanFile(staging, { findings: [], effects: effectsOf(staging) }), before);
    expect(JSON.stringify(changes)).not.toContain("urn:pulumi:staging");
    expect(changes.find(({ name }) => name.endsWith("Cluster cluster"))).toBeUndefined();
  });

  test("shows what the changes mean before the changes", async () => {
    const { out } = await diff("before", "after");
    const [, first] = out.split("\n\n");
    expect(first).toMatch(/^ {2}connections: opened \(\+\), closed \(-\)\n/);
    expect(out).toContain("    - observability/prometheus -> data/rabbitmq: 15692\n");
    expect(out).toContain(
      "    - ServiceAccount rabbitmq-system/rabbitmq-cluster-operator: create, get, list, update, watch secrets\n",
    );
    expect(out).toContain("    ~ Deployment application/worker\n        maximum replicas: 50 -> 40\n");
    expect(out).toMatch(/\n {2}data: .*\n {4}- RabbitmqCluster data\/rabbitmq\n/);
  });

  test("as text", async () => {
    const { out, code } = await diff("before", "after");
    expect(code).toBe(0);
    // Without a broker, the replicas of analytics fall back to a fixed number.
    expect(out).toMatch(/^production: 1 added, \d+ removed, \d+ changed\n/);
    expect(out).toMatch(
      /\n {4}~ 50-services\/scaledobject\.application\.worker\.yaml\n {8}spec\.maxReplicaCount: 50 -> 40\n/,
    );
    expect(out).toMatch(/\n {4}- 30-data\/rabbitmqcluster\.data\.rabbitmq\.yaml\n/);
  });

  test("as Markdown, a table a kind", async () => {
    const { out } = await diff("before", "after", "--markdown");
    expect(out).toMatch(/^### production: /);
    expect(out).toContain(
      "| ~ | `50-services/scaledobject.application.worker.yaml` | spec.maxReplicaCount | 50 | 40 |",
    );
  });

  test("as JSON", async () => {
    const [{ title }] = JSON.parse((await diff("before", "after", "--json")).out) as [{ title: string }];
    expect(title).toBe("production");
  });
});

test("what is neither a plan nor a revision is told so", async () => {
  writeFileSync(join(folder, "broken.json"), "{}");
  expect(await diff("before", "nowhere")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/'nowhere' is neither a plan nor a revision/),
  });
  expect(await diff("before", "broken.json")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/is not a plan of this version/),
  });
  writeFileSync(join(folder, "empty.json"), "");
  expect(await diff("before", "empty.json")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/empty\.json is not JSON\. Name a plan\.json/),
  });
  expect(await diff("before")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^Too few arguments: promptops diff <plan or revision>/),
  });
});
