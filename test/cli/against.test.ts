import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PlannedChanges } from "../../plan/model/steps.ts";
import { environmentSource } from "../environments.ts";
import { promptops, type Result } from "./promptops.ts";

const folder = mkdtempSync(join(tmpdir(), "promptops-against-"));
const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
const check = (...args: string[]): Promise<Result> => promptops(["check", "small", ...args], folder);

beforeAll(async () => {
  write("Pulumi.small.yaml", environmentSource("development", { domain: "a.localhost" }));
  expect((await promptops(["plan", "small"], folder)).code).toBe(0);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("promptops check --against", () => {
  test("is needed to judge changes", async () => {
    const { code, out } = await check();
    expect(code).toBe(0);
    expect(out).toMatch(/^small +no-destructive-change +not judged: the deployed resources are not known\. Pass them/m);
    expect(out).not.toContain("pulumi up");
  });

  test("a folder of a plan says what pulumi up does", async () => {
    const plan = readFileSync(join(folder, "dist/small/plan.json"), "utf8");
    const edited = plan.replaceAll('"WaitForFirstConsumer"', '"Immediate"');
    expect(edited).not.toBe(plan);
    write("dist/deployed.json", edited);
    const { code, out } = await check("--against", "dist/deployed.json");
    expect(code).toBe(1);
    expect(out).toMatch(
      /^small +no-destructive-change +StorageClass '.+' cannot be changed like this: 'volumeBindingMode'/m,
    );
    expect(out).toMatch(
      /^small: pulumi up, in this order: \d+ steps\n +1\. +update +StorageClass '.+' +volumeBindingMode Immediate -> WaitForFirstConsumer \(REFUSED/m,
    );

    const same = await check("--against", "dist/small", "--json");
    expect(same.code).toBe(0);
    const [{ changes }] = JSON.parse(same.out) as [{ changes: PlannedChanges }];
    expect(changes).toEqual({ resources: [], steps: [], protect: false });
  });

  test("the export of a stack does too", async () => {
    const urn = "urn:pulumi:small::promptops::kubernetes:core/v1:Namespace::old";
    const resources = [{ urn, type: "kubernetes:core/v1:Namespace", custom: true, inputs: {} }];
    write("state.json", JSON.stringify({ version: 3, deployment: { resources } }));
    const { out } = await check("--against", "state.json");
    expect(out).toMatch(/\d+\. +delete +Namespace 'old'$/m);
  });

  test.each([
    [
      "nothing of that name",
      "v9.9.9",
      /^'v9\.9\.9' is neither a plan nor a revision of this repository\. Name one of them\.$/m,
    ],
    ["what is not JSON", "Pulumi.small.yaml", /Pulumi\.small\.yaml is not JSON\. Name a plan\.json/],
    ["another environment's plan", "other.json", /^'other\.json' is of another environment than small\./m],
    ["JSON of another kind", "kind.json", /kind\.json is not a plan of this version .* Run 'promptops plan' again\.$/m],
  ])("refuses %s with status 2", async (_, against, message) => {
    const plan = readFileSync(join(folder, "dist/small/plan.json"), "utf8");
    write("other.json", plan.replace('"environment": "small"', '"environment": "large"'));
    write("kind.json", "{}");
    const { code, err } = await check("--against", against);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

describe("promptops plan --against", () => {
  const report = (): string => readFileSync(join(folder, "dist/report.html"), "utf8");
  const planAgainst = (base: string): Promise<Result> => promptops(["plan", "small", "--against", base], folder);

  test("shows in the report what a deployed plan becomes", async () => {
    const plan = readFileSync(join(folder, "dist/small/plan.json"), "utf8");
    write("dist/deployed.json", plan.replaceAll("model-simulator", "simulator"));
    expect((await planAgainst("dist/deployed.json")).code).toBe(0);
    expect(report()).toContain('<section id="small-changes">');
    expect(report()).toMatch(/<b>-<\/b>\s*50-services\/deployment\.application\.simulator\.yaml/);
    expect(report()).toMatch(/connections: opened \(\+\), closed \(-\): \d+ added, \d+ removed/);
  });

  test("shows what the cloud does where only its resources are known", async () => {
    await planAgainst("state.json");
    expect(report()).toContain("only its cloud resources are known");
    expect(report()).toMatch(/delete +Namespace &#39;old&#39;/);
  });

  test("without a base, the report has no such section", async () => {
    expect((await promptops(["plan", "small"], folder)).code).toBe(0);
    expect(report()).not.toContain("small-changes");
  });
});
