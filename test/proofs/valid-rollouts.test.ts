import { describe, expect, test } from "vitest";
import { validRollouts } from "../../proofs/valid-rollouts.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, freshPlan, planOf } from "../plans.ts";

const plan = await planOf("production");

test.each(environmentNames)("every release of %s is judged", async (name) => {
  expect(validRollouts.examine(await planOf(name)).failures).toEqual([]);
});

describe("a canary", () => {
  test.each<[string, (canary: Editable) => void, RegExp]>([
    ["whose weights fall", ({ steps }) => (steps[3].setWeight = 5), /weights 10, 5, 100 do not rise/],
    ["of more than everything", ({ steps }) => (steps[6].setWeight = 300), /do not rise from 1 to at most 100/],
    ["without weights", (canary) => (canary.steps = []), /all requests move at once/],
    ["without an analysis", ({ steps }) => steps.splice(2, 1), /no analysis judges the step of 10 %/],
    ["that does not wait", ({ steps }) => steps.splice(1, 1), /the step of 10 % is judged before it has had requests/],
    ["that begins without requests", ({ steps }) => steps.shift(), /before the new version has any request/],
    ["whose first step is half", ({ steps }) => (steps[0].setWeight = 26), /its first step moves 26 %, over 25/],
    ["that jumps", ({ steps }) => steps.splice(3, 3), /rise by more than 75 at once/],
    ["that never ends", ({ steps }) => steps.splice(6, 3), /or do not end with 100/],
    ["that waits for days", ({ steps }) => (steps[1].pause.duration = "2000m"), /waits for more than 3600 s/],
    ["that nothing routes", (canary) => delete canary.trafficRouting, /nothing moves requests between them/],
    [
      "judged by the stable version",
      ({ steps }) => (steps[2].analysis.args[0].valueFrom.podTemplateHashValue = "Stable"),
      /no value for 'canary-hash'/,
    ],
    ["that waits for nothing", ({ steps }) => (steps[1].pause.duration = "0s"), /judged before it has had requests/],
    ["that routes nothing", (canary) => (canary.trafficRouting.plugins = {}), /does not name the routes/],
    ["without a stable Service", (canary) => delete canary.stableService, /does not name the routes and a Service/],
    ["without arguments", ({ steps }) => (steps[2].analysis.args = []), /no value for 'canary-hash'/],
    [
      "judged by another template",
      ({ steps }) => (steps[2].analysis.templates = []),
      /no analysis measures its latency/,
    ],
  ])("%s is found", (_, damage, failure) => {
    const damaged = damageObject(plan, "Rollout", "api", ({ spec }) => {
      damage(spec.strategy.canary);
    });
    expect(validRollouts.examine(damaged).failures).toContainEqual(expect.stringMatching(failure));
  });
});

describe("an analysis", () => {
  test.each<[string, (metric: Editable) => void, RegExp]>([
    ["in percent", (metric) => (metric.failureCondition = "len(result) > 0 && result[0] > 90"), /succeeds at 0.001/],
    [
      "turned round",
      (metric) => {
        metric.successCondition = metric.successCondition.replace("<=", ">=");
        metric.failureCondition = metric.failureCondition.replace("[0] >", "[0] <");
      },
      /Turn the conditions round/,
    ],
    ["of a result that may be none", (metric) => (metric.successCondition = "result[0] <= 0.001"), /of none/],
    [
      "looser than the objective",
      (metric) => {
        metric.successCondition = "len(result) > 0 && result[0] <= 0.0144";
        metric.failureCondition = "len(result) > 0 && result[0] > 0.0144";
      },
      /availability fails above 0.0144, and the objective is 0.0010/,
    ],
    ["that nothing fails", (metric) => delete metric.failureCondition, /its conditions are not/],
    ["of one measurement", (metric) => (metric.count = 1), /1 measurements decide/],
    ["that may fail", (metric) => (metric.failureLimit = 5), /5 of 5 measurements may fail/],
    [
      "of all pods",
      (metric) => (metric.provider.prometheus.query = 'sum(rate(x{a="b"}[2m]))'),
      /new version's pods alone/,
    ],
    ["of another name", (metric) => (metric.name = "errors"), /no analysis measures its availability/],
  ])("%s is found", (_, damage, failure) => {
    const damaged = damageObject(plan, "AnalysisTemplate", "api", ({ spec }) => {
      damage(spec.metrics[0]);
    });
    expect(validRollouts.examine(damaged).failures).toContainEqual(expect.stringMatching(failure));
  });

  test("that measures nothing is found", () => {
    const damaged = damageObject(plan, "AnalysisTemplate", "api", ({ spec }) => (spec.metrics = []));
    expect(validRollouts.examine(damaged).failures).toContainEqual(expect.stringMatching(/measures nothing/));
  });
});

test("a blue-green release is judged before it gets requests, and the old version is kept", async () => {
  const blueGreen = await freshPlan("staging", { "services.api.release": "blue-green" });
  expect(validRollouts.examine(blueGreen).failures).toEqual([]);
  const damage = (change: (strategy: Editable) => void): readonly string[] =>
    validRollouts.examine(
      damageObject(blueGreen, "Rollout", "api", ({ spec }) => {
        change(spec.strategy.blueGreen);
      }),
    ).failures;
  expect(damage((strategy) => delete strategy.prePromotionAnalysis)).toContainEqual(
    expect.stringMatching(/no analysis measures its availability/),
  );
  expect(damage((strategy) => (strategy.scaleDownDelaySeconds = 5))).toContainEqual(
    expect.stringMatching(/kept for 5 s/),
  );
});
