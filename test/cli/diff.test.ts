import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diffPlans } from "../../plan/diff.ts";
import { type PlanFile, toPlanFile } from "../../plan/plan-file.ts";
import { prove } from "../../proofs/index.ts";
import { root } from "../environments.ts";
import { freshPlan, planOf } from "../plans.ts";

let folder: string;
let before: PlanFile;
let after: PlanFile;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-diff-"));
  const write = (name: string, plan: PlanFile): PlanFile => {
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
  before = write("before", toPlanFile(plan, prove(plan)));
  after = write("after", toPlanFile(changed, prove(changed)));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function promptops(...args: string[]): { code: number; out: string; err: string } {
  try {
    const out = execFileSync(process.execPath, [join(root, "cli/promptops.js"), "diff", ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
    return { code: 0, out, err: "" };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, out: stdout, err: stderr };
  }
}

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
    const changes = diffPlans(toPlanFile(staging, []), before);
    expect(JSON.stringify(changes)).not.toContain("urn:pulumi:staging");
    expect(changes.find(({ name }) => name.endsWith("Cluster cluster"))).toBeUndefined();
  });

  test("as text", () => {
    const { out, code } = promptops("before", "after");
    expect(code).toBe(0);
    expect(out).toMatch(/^production: 0 added, \d+ removed, \d+ changed\n/);
    expect(out).toMatch(
      /\n {4}~ 50-services\/scaledobject\.application\.worker\.yaml\n {8}spec\.maxReplicaCount: 50 -> 40\n/,
    );
    expect(out).toMatch(/\n {4}- 30-data\/rabbitmqcluster\.data\.rabbitmq\.yaml\n/);
  });

  test("as Markdown, a table a kind", () => {
    const { out } = promptops("before", "after", "--markdown");
    expect(out).toMatch(/^### production: /);
    expect(out).toContain(
      "| ~ | `50-services/scaledobject.application.worker.yaml` | spec.maxReplicaCount | 50 | 40 |",
    );
  });

  test("as JSON", () => {
    const [{ title }] = JSON.parse(promptops("before", "after", "--json").out) as [{ title: string }];
    expect(title).toBe("production");
  });
});

test("what is neither a plan nor a revision is told so", () => {
  writeFileSync(join(folder, "broken.json"), "{}");
  expect(promptops("before", "nowhere")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/'nowhere' is neither a plan nor a revision/),
  });
  expect(promptops("before", "broken.json")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/is not a plan of this version/),
  });
  expect(promptops("before")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^Too few arguments: promptops diff <plan or revision>/),
  });
});
