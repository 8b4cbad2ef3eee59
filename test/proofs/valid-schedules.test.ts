import { describe, expect, test } from "vitest";
import { validSchedules } from "../../proofs/valid-schedules.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf, withObject, withoutObject } from "../plans.ts";

const plan = await planOf("production");

test.each(environmentNames)("every schedule of %s runs, and backs up what it must", async (name) => {
  expect(validSchedules.examine(await planOf(name)).failures).toEqual([]);
});

test("the evidence is the longest time between two runs", () => {
  expect(validSchedules.examine(plan).evidence).toEqual([
    "4 schedules: daily each 24 h, hourly each 1 h, monthly each 744 h, weekly each 168 h",
  ]);
});

describe("a backup schedule", () => {
  test.each<[string, (spec: Editable) => void, RegExp]>([
    ["on 31 February", (spec) => (spec.schedule = "0 0 31 2 *"), /the schedule '0 0 31 2 \*' never runs twice/],
    ["in minute 61", (spec) => (spec.schedule = "61 2 * * *"), /never runs twice/],
    ["each minute", (spec) => (spec.schedule = "* * * * *"), /before the last is done/],
    ["once a year", (spec) => (spec.schedule = "0 2 1 1 *"), /No schedule makes a daily backup/],
    ["that is paused", (spec) => (spec.paused = true), /is suspended/],
    ["that keeps an hour", (spec) => (spec.template.ttl = "1h0m0s"), /after one failure none is left/],
    ["that keeps a week", (spec) => (spec.template.ttl = "168h0m0s"), /No schedule makes a daily backup/],
    ["that keeps a text", (spec) => (spec.template.ttl = "long"), /keeps a backup for long/],
    ["without the data", (spec) => (spec.template.includedNamespaces = ["gateway"]), /leaves out the namespace data/],
    ["without volumes", (spec) => (spec.template.snapshotVolumes = false), /keeps no volumes/],
  ])("%s is found", (_, damage, failure) => {
    const damaged = damageObject(plan, "Schedule", "daily", ({ spec }) => {
      damage(spec);
    });
    expect(validSchedules.examine(damaged).failures).toContainEqual(expect.stringMatching(failure));
  });

  // A daily backup that is kept for 30 days does what a weekly one does.
  test.each(["hourly", "daily", "monthly"])("%s is missed when it is gone", (name) => {
    const failures = validSchedules.examine(withoutObject(plan, "Schedule", name)).failures;
    expect(failures).toContainEqual(expect.stringMatching(`^No schedule makes a ${name} backup`));
  });
});

test("a CronJob that never runs is found, and one that runs is not", () => {
  const job = (schedule: string): Editable => ({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "report", namespace: "application" },
    spec: { schedule, jobTemplate: { spec: { template: { spec: { containers: [] } } } } },
  });
  expect(validSchedules.examine(withObject(plan, job("0 3 * * 1"))).failures).toEqual([]);
  expect(validSchedules.examine(withObject(plan, job("0 3 30 2 *"))).failures).toHaveLength(1);
});
