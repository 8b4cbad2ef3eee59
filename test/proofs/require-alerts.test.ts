import { describe, expect, test } from "vitest";
import { requireAlerts } from "../../proofs/require-alerts.ts";
import { environmentNames } from "../environments.ts";
import { type Editable, planOf, remodel } from "../plans.ts";

const plan = await planOf("production");

test.each(environmentNames)("every fault of %s has an alert", async (name) => {
  expect(requireAlerts.examine(await planOf(name)).failures).toEqual([]);
});

/** The failures once each rule has been changed; undefined takes a rule away. */
function changing(change: (rule: Editable) => unknown): readonly string[] {
  const objects = plan.objects.map((each) => {
    if (each.manifest.kind !== "PrometheusRule") return each;
    const changed = structuredClone(each) as Editable;
    for (const group of changed.manifest.spec.groups)
      group.rules = group.rules.flatMap((rule: Editable) => change(rule) ?? []);
    return changed as typeof each;
  });
  return requireAlerts.examine(remodel(plan, { objects })).failures;
}

const alerts = [
  ...new Set(
    plan.objects
      .map(({ manifest }) => manifest as Editable)
      .filter(({ kind }) => kind === "PrometheusRule")
      .flatMap(({ spec }) => spec.groups)
      .flatMap(({ rules }) => rules as Editable[])
      // The heartbeat is what require-receivers asks for.
      .filter(({ labels }) => labels?.severity !== "heartbeat")
      .map(({ alert }) => alert as string | undefined),
  ),
].filter((name) => name !== undefined);

describe("without the alert", () => {
  /** No object needs these: they tell of what is slow, silent or fails elsewhere. */
  const spared = ["LatencyHigh", "MetricsMissing", "ModelFailing", "MonitoringConfigRejected", "QueueQuorumLost"];

  test.each(alerts.filter((name) => !spared.includes(name)))("%s something is missing", (name) => {
    expect(changing((rule) => (rule.alert === name ? undefined : rule))).not.toEqual([]);
  });
});

test("without any alert every fault, objective and job is named", () => {
  const failures = changing((rule) => (rule.alert ? undefined : rule));
  expect(failures).toContainEqual(expect.stringMatching(/^No alert fires when a pod crash-loops/));
  expect(failures).toContainEqual(
    expect.stringMatching(/^No alert of severity 'page' fires when api's availability spends/),
  );
  expect(failures).toContainEqual(
    expect.stringMatching(/ServiceMonitor application\/worker: .* job 'worker' goes silent/),
  );
});

test.each<[string, (rule: Editable) => void, RegExp]>([
  ["compares in the other direction", (rule) => (rule.expr = rule.expr.replace(" > ", " < ")), /crash-loops/],
  ["asks for another reason", (rule) => (rule.expr = rule.expr.replace("CrashLoopBackOff", "Running")), /crash-loops/],
  [
    "waits for a second failed Job",
    (rule) => (rule.expr = rule.expr.replace(/(job_status_failed.*) > 0$/, "$1 > 1")),
    /when a Job fails/,
  ],
  [
    "waits until all connections are in use",
    (rule) => (rule.expr = rule.expr.replace("> 0.8", "> 0.99")),
    /connections to Postgres run out/,
  ],
  ["has a looser bound", (rule) => (rule.expr = rule.expr.replaceAll("0.0144", "0.144")), /14.4 times too fast/],
  ["has one looser bound of two", (rule) => (rule.expr = rule.expr.replace("0.0144", "0.144")), /14.4 times too fast/],
  ["has a bound of more than 1 %", (rule) => (rule.expr = rule.expr.replace("> 0.01", "> 0.1")), /more than 1 %/],
  ["counts other failures", (rule) => (rule.expr = rule.expr.replaceAll("5..", "4..")), /api's availability/],
  ["measures another bucket", (rule) => (rule.expr = rule.expr.replaceAll('le="0.5"', 'le="5"')), /api's latency/],
  [
    "asks for another job's silence",
    (rule) => (rule.expr = rule.expr.replace('job="api"} ==', 'job="x"} ==')),
    /'api' goes silent/,
  ],
])("an alert that %s does not count", (_, damage, failure) => {
  const failures = changing((rule) => (damage(rule), rule));
  expect(failures).toContainEqual(expect.stringMatching(failure));
});
