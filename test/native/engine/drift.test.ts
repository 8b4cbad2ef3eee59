import { afterAll, beforeAll, expect, test } from "vitest";
import { describeDrift, ignoredIn } from "../../../cli/drift.ts";
import { environment } from "../../environments.ts";
import type { Standing } from "./cloud.ts";
import { openTestStack, type TestStack } from "./stack.ts";

const NAME = "staging";
const isOf =
  (type: string): ((each: Standing) => boolean) =>
  (each) =>
    each.type === type;

let opened: TestStack;
beforeAll(async () => {
  opened = await openTestStack(NAME);
  await opened.stack.up(environment(NAME));
});
afterAll(() => {
  opened.close();
});

const drift = async (): Promise<string[]> => describeDrift(await opened.stack.drift(), await ignoredIn(opened.stack));

/** Changes the inputs of the first resource of a type, and returns its id. */
function change(type: string, edit: (inputs: Standing["inputs"]) => void): void {
  opened.tamper("aws", (standing) => {
    const copy = structuredClone(standing);
    const found = copy.find(isOf(type));
    if (!found) throw new Error(`no ${type}`);
    edit(found.inputs);
    return copy;
  });
}

test("nothing drifts while nobody changes the cloud", async () => {
  expect(await drift()).toEqual([]);
});

test("the number of nodes is the autoscaler's", async () => {
  change("aws:eks/nodeGroup:NodeGroup", (inputs) => (inputs["scalingConfig"].desiredSize = 7));
  expect(await drift()).toEqual([]);
  const all = describeDrift(await opened.stack.drift(), new Map());
  expect(all).toContainEqual(expect.stringMatching(/^ {4}scalingConfig\.desiredSize: \d+ -> 7$/));
});

test("what somebody changed or deleted is named, with both values, and stays as it is", async () => {
  change("aws:rds/instance:Instance", (inputs) => (inputs["backupRetentionPeriod"] = 1));
  change("aws:eks/nodeGroup:NodeGroup", (inputs) => delete inputs["updateConfig"]);
  const address = isOf("aws:ec2/eip:Eip");
  opened.tamper("aws", (standing) => standing.filter((each) => each !== standing.find(address)));
  const lines = await drift();
  expect(lines[0]).toMatch(/^3 of its resources differ from what was deployed\. Run 'pulumi up'/);
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}Eip .*: deleted$/));
  expect(lines).toContain("  Instance database: changed");
  expect(lines).toContainEqual(expect.stringMatching(/^ {4}backupRetentionPeriod: \d+ -> 1$/));
  expect(lines).toContain('    updateConfig: {"maxUnavailable":1} -> not set');
  // The state is not changed: the next call says the same.
  expect(await drift()).toEqual(lines);
});
