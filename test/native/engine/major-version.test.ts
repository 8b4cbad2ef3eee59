import { afterAll, beforeAll, expect, test } from "vitest";
import { plannedChanges } from "../../../plan/changes/steps.ts";
import { carriedBy } from "../../../plan/clouds/holders.ts";
import { proofs } from "../../../proofs/index.ts";
import { destructiveChanges } from "../../../proofs/no-destructive-change.ts";
import { environment } from "../../environments.ts";
import { freshPlan } from "../../plans.ts";
import { openTestStack, type TestStack } from "./stack.ts";

const NAME = "staging";
const [older, newer] = [{ "database.version": "16" }, { "database.version": "17" }];
/** The file says 1.35. */
const NEXT_MINOR = { "kubernetes.version": "1.36" };

let opened: TestStack;
beforeAll(async () => {
  opened = await openTestStack(NAME);
});
afterAll(() => {
  opened.close();
});

test("the next major version of Postgres upgrades the server in place, and its parameters outlive the upgrade", async () => {
  const { stack, standing } = opened;
  await stack.up(environment(NAME, older));
  const steps = await stack.up(environment(NAME, newer));
  const database = steps
    .filter(({ urn }) => /rds/.test(urn))
    .map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`);
  expect(database.filter((step) => !step.startsWith("same"))).toEqual([
    "create-replacement database",
    "replace database",
    "update database",
    "update database-replica-eu-central-1b",
    "delete-replaced database",
  ]);
  const versions = standing().flatMap(({ inputs }) => (inputs["engineVersion"] as string | undefined) ?? []);
  expect(versions).toEqual(["17"]);
  expect(await stack.preview(environment(NAME, newer))).toEqual([]);
});

/** In the order in which an upgrade touches them: https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html. */
const STAGES = [
  /eks\/cluster:/,
  /promptops:aws:NodeAddons\$aws:eks\/addon:/,
  /eks\/nodeGroup:/,
  /promptops:aws:WorkloadAddons\$aws:eks\/addon:/,
];

test("the next minor version of Kubernetes upgrades the control plane, then the add-ons of nodes, the nodes, and the other add-ons", async () => {
  const next = environment(NAME, { ...newer, ...NEXT_MINOR });
  const steps = (await opened.stack.up(next)).filter(({ op }) => op !== "same");
  expect(new Set(steps.map(({ op }) => op))).toEqual(new Set(["update"]));
  const stages = steps.map(({ urn }) => STAGES.findIndex((stage) => stage.test(urn)));
  expect(stages).toEqual(stages.toSorted());
  expect(new Set(stages)).toEqual(new Set(STAGES.keys()));
  expect(await opened.stack.preview(next)).toEqual([]);
});

test("every proof holds after that step, and nothing is lost by it", async () => {
  const [old, wanted] = [await freshPlan(NAME, newer), await freshPlan(NAME, { ...newer, ...NEXT_MINOR })];
  expect(proofs.flatMap(({ examine }) => examine(wanted).failures)).toEqual([]);
  const { resources } = plannedChanges(old.resources, wanted.resources, carriedBy);
  expect(destructiveChanges(resources, wanted, true)).toEqual([]);
});

test("an earlier major version of Postgres is refused by the plan, and by the cloud", async () => {
  const [old, wanted] = [await freshPlan(NAME, newer), await freshPlan(NAME, older)];
  const { resources } = plannedChanges(old.resources, wanted.resources, carriedBy);
  expect(destructiveChanges(resources, wanted, false)).toEqual([
    expect.stringMatching(
      /Instance 'database' cannot be changed like this: 'engineVersion' changes \(RDS does not go back/,
    ),
  ]);
  await expect(opened.stack.up(environment(NAME, { ...older, ...NEXT_MINOR }))).rejects.toThrow(
    "Refused: a change of engineVersion",
  );
});
