import { describe, expect, test } from "vitest";
import { validSchedules } from "../../proofs/valid-schedules.ts";
import { environmentNames } from "../environments.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { damageObject, type Editable, freshPlan, planOf, remodel, withObject, withoutObject } from "../plans.ts";

const plan = await planOf("production");

test.each(environmentNames)("every schedule of %s runs, and backs up what it must", async (name) => {
  expect(validSchedules.examine(await planOf(name)).failures).toEqual([]);
});

test("the evidence is the longest time between two runs, what can be lost of each store, and when certificates are renewed", () => {
  expect(validSchedules.examine(plan).evidence).toEqual([
    "4 schedules: daily every 24 h, hourly every 1 h, monthly every 744 h, weekly every 168 h",
    "lost at most: Instance 'database' 5 min, Bucket 'backups' 0 min, volumes of data 60 min",
    "Certificate gateway/public-tls is renewed 30 d before it expires, and an alert fires at 7 d",
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
    ["without the data", (spec) => (spec.template.includedNamespaces = ["gateway"]), /excludes the namespace data/],
    ["without volumes", (spec) => (spec.template.snapshotVolumes = false), /backs up no volumes/],
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

test("a CronJob that only an operator may start is found when it runs by itself", () => {
  const damaged = damageObject(plan, "CronJob", "api-create-tenant", ({ spec }) => delete spec.suspend);
  expect(validSchedules.examine(damaged).failures).toEqual([
    "CronJob application/api-create-tenant starts by itself, but only an operator may start it. Set 'suspend'.",
  ]);
});

const failuresOf = (damaged: Plan): readonly string[] => validSchedules.examine(damaged).failures;

describe("what a lost store costs", () => {
  const editResources = (type: string, edit: (inputs: Editable) => void): Plan =>
    remodel(plan, {
      resources: plan.resources.map((resource) => {
        if (!resource.type.endsWith(type)) return resource;
        const copy = structuredClone(resource) as Editable;
        edit(copy.inputs);
        return copy;
      }),
    });

  test("is everything where a managed server keeps no log", () => {
    const damaged = editResources("rds/instance:Instance", (inputs) => (inputs.backupRetentionPeriod = 0));
    expect(failuresOf(damaged)).toContainEqual(
      expect.stringMatching(/^Instance 'database' everything can be lost, and 15 min/),
    );
  });

  test("is everything where no server is left that can be restored", () => {
    const damaged = remodel(plan, { resources: plan.resources.filter(({ type }) => !type.includes("rds/instance")) });
    expect(failuresOf(damaged)).toContain("No Postgres server can be restored to a point in time.");
  });

  test("is everything where a bucket keeps no versions", () => {
    const damaged = editResources(
      "BucketVersioning",
      (inputs) => (inputs.versioningConfiguration.status = "Suspended"),
    );
    expect(failuresOf(damaged)).toContainEqual(expect.stringMatching(/^Bucket 'backups' everything can be lost/));
  });

  test.each<[string, (spec: Editable) => void, RegExp]>([
    [
      "is two hours with a backup each second hour",
      (spec) => (spec.schedule = "0 */2 * * *"),
      /^volumes of data 120 min/,
    ],
    ["is a day without the hourly backup", (spec) => (spec.paused = true), /^volumes of data 1440 min/],
    [
      "is a day where the hourly backup leaves the volumes out",
      (spec) => Object.assign(spec.template, { snapshotVolumes: false, defaultVolumesToFsBackup: false }),
      /^volumes of data 1440 min/,
    ],
  ])("%s", (_, damage, failure) => {
    const damaged = damageObject(plan, "Schedule", "hourly", ({ spec }) => {
      damage(spec);
    });
    expect(failuresOf(damaged)).toContainEqual(expect.stringMatching(failure));
  });
});

describe("a server in the cluster", () => {
  const planned = freshPlan("production-lke", {
    "database.inCluster": true,
    "database.port": undefined,
    "database.pointInTimeRecoveryDays": 14,
  });

  test("loses five minutes, the operator's archive_timeout, and keeps copies for as long as the file says", async () => {
    const { evidence, failures } = validSchedules.examine(await planned);
    expect(failures).toEqual([]);
    expect(evidence[1]).toContain("Cluster data/postgres 5 min");
  });

  test.each<[string, string, (spec: Editable) => void, RegExp]>([
    [
      "with a log that is closed each hour",
      "Cluster",
      (spec) => (spec.postgresql.parameters.archive_timeout = "1h"),
      / 60 min can be lost/,
    ],
    [
      "with seconds without a unit",
      "Cluster",
      (spec) => (spec.postgresql.parameters.archive_timeout = "1200"),
      / 20 min can be lost/,
    ],
    [
      "with a log that is closed when it is full",
      "Cluster",
      (spec) => (spec.postgresql.parameters.archive_timeout = "0"),
      / everything can/,
    ],
    ["without an archiver", "Cluster", (spec) => (spec.plugins[0].isWALArchiver = false), / everything can be lost/],
    ["without its plug-in", "Cluster", (spec) => delete spec.plugins, / everything can be lost/],
    ["whose full copies stop", "ScheduledBackup", (spec) => (spec.suspend = true), / everything can be lost/],
    [
      "whose full copies are another server's",
      "ScheduledBackup",
      (spec) => (spec.cluster.name = "other"),
      / everything can/,
    ],
    [
      "whose copies are kept for six days",
      "ObjectStore",
      (spec) => (spec.retentionPolicy = "6d"),
      /for '6d'; 7 days are required/,
    ],
    [
      "whose copies are kept for nothing that it says",
      "ObjectStore",
      (spec) => delete spec.retentionPolicy,
      /for ''; 7 days/,
    ],
  ])("%s is found", async (_, kind, damage, failure) => {
    const damaged = damageObject(await planned, kind, "postgres", ({ spec }) => {
      damage(spec);
    });
    expect(failuresOf(damaged)).toContainEqual(expect.stringMatching(failure));
  });

  test.each(["300s", "15min", "900000ms"])("may close its log after %s", async (timeout) => {
    const changed = damageObject(await planned, "Cluster", "postgres", ({ spec }) => {
      spec.postgresql.parameters.archive_timeout = timeout;
    });
    expect(failuresOf(changed)).toEqual([]);
  });
});

describe("a certificate", () => {
  test.each<[string, (spec: Editable) => void, RegExp]>([
    [
      "that is renewed at its alert",
      (spec) => (spec.renewBefore = "168h"),
      /is renewed 7 d before it expires, and must be 9.625 d/,
    ],
    ["that is valid for less than its alert allows", (spec) => (spec.duration = "168h"), /is renewed 2.33\d* d before/],
    ["that is renewed in its last twentieth", (spec) => (spec.renewBeforePercentage = 5), /is renewed 4.5 d before/],
    [
      "that is always renewed",
      (spec) => Object.assign(spec, { duration: "240h", renewBefore: "240h" }),
      /before: always/,
    ],
    ["with a text", (spec) => (spec.renewBefore = "soon"), /Raise renewBefore/],
  ])("%s is found", (_, damage, failure) => {
    const damaged = damageObject(plan, "Certificate", "public-tls", ({ spec }) => {
      damage(spec);
    });
    expect(failuresOf(damaged)).toContainEqual(expect.stringMatching(failure));
  });

  test.each([
    [30 * 86_400, /must be 32.625 d before/],
    [86_400, /expires 1 d after its alert, and a person needs 3/],
  ])("with an alert %d s before it expires is found", (bound, failure) => {
    const [rules] = plan.objects.filter(({ manifest }) => JSON.stringify(manifest).includes("CertificateExpiring"));
    const { kind = "", metadata = { name: "" } } = rules?.manifest ?? {};
    const damaged = damageObject(plan, kind, metadata.name, ({ spec }) => {
      const [rule] = spec.groups
        .flatMap((group: Editable) => group.rules)
        .filter(({ alert }: Editable) => alert === "CertificateExpiring");
      rule.expr = rule.expr.replace("604800", String(bound));
    });
    expect(failuresOf(damaged)).toContainEqual(expect.stringMatching(failure));
  });
});
