import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { routesOf } from "../../proofs/evaluation/alert-routes.ts";
import { requireReceivers } from "../../proofs/require-receivers.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf, remodel, withoutObject } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: typeof plan): readonly string[] => requireReceivers.examine(each).failures;

test.each(environmentNames)("in %s alerts reach whom they must", async (name) => {
  expect(failuresOf(await planOf(name))).toEqual([]);
});

/** Changes Alertmanager's configuration. */
function configured(change: (configuration: Editable) => void): readonly string[] {
  const damaged = damageObject(plan, "Secret", "alertmanager-configuration", (secret) => {
    const configuration = parse(secret["stringData"]["alertmanager.yaml"] as string);
    change(configuration);
    secret["stringData"]["alertmanager.yaml"] = stringify(configuration);
  });
  return failuresOf(damaged);
}

function first(list: readonly Editable[], has: (each: Editable) => boolean): Editable {
  const found = list.find(has);
  if (!found) throw new Error("The configuration has no such part.");
  return found;
}
const routeOf = ({ route }: Editable, receiver: string): Editable =>
  first(route.routes as Editable[], (each) => each["receiver"] === receiver);
const receiverOf = ({ receivers }: Editable, name: string): Editable =>
  first(receivers, (each) => each["name"] === name);

describe("noticed is", () => {
  test("a severity without a route: its alerts reach nobody", () => {
    const [failure, ...others] = configured(({ route }) => (route.routes as unknown[]).splice(0, 1));
    expect(failure).toMatch(
      /^PrometheusRule .* and \d+ other alerts of severity 'page': sent to nobody\. Name a receiver for 'page'\.$/,
    );
    expect(others).toEqual([]);
  });

  test("a route for a label that no alert has", () => {
    expect(
      configured((configuration) => (routeOf(configuration, "ticket")["matchers"] = ['severity="warning"'])),
    ).toEqual([expect.stringMatching(/of severity 'ticket': sent to nobody/)]);
  });

  test("a receiver that sends nothing", () => {
    expect(configured((configuration) => delete receiverOf(configuration, "page")["pagerduty_configs"])).toEqual([
      expect.stringMatching(/of severity 'page': sent to nobody/),
    ]);
  });

  test("an earlier route that takes all alerts", () => {
    expect(configured(({ route }) => (route.routes as unknown[]).unshift({ receiver: "nobody" })).join("\n")).toMatch(
      /'page': sent to nobody[^]*'heartbeat': sent to nobody[^]*nobody notices/,
    );
  });

  test("a heartbeat that is sent too seldom", () => {
    expect(configured((configuration) => (routeOf(configuration, "heartbeat")["repeat_interval"] = "4h"))).toEqual([
      expect.stringMatching(/^No alert always fires and is sent every 300 s or more often/),
    ]);
  });

  test("a heartbeat that only fires sometimes", () => {
    const damaged = damageObject(plan, "PrometheusRule", "kube-prometheus-stack", ({ spec }) => {
      const [watchdog] = (spec.groups as Editable[]).flatMap((group) => group["rules"] as Editable[]);
      if (watchdog) watchdog["expr"] = "absent(up)";
    });
    expect(failuresOf(damaged)).toEqual([expect.stringMatching(/^No alert always fires/)]);
  });

  test("a file that no mounted Secret has, and an address that stands in the configuration", () => {
    expect(
      configured((configuration) => {
        receiverOf(configuration, "page")["pagerduty_configs"][0].routing_key_file =
          "/etc/alertmanager/secrets/alert-receivers/pages";
        receiverOf(configuration, "heartbeat")["webhook_configs"] = [{ url: "https://beats.example.com/1" }];
      }),
    ).toEqual([
      expect.stringMatching(
        /^Alertmanager observability\/.*: routing_key_file of receiver 'page' names .*\/pages, which no mounted Secret has/,
      ),
      expect.stringMatching(/receiver 'heartbeat' reads no secret/),
    ]);
  });

  test("a configuration that is missing", () => {
    expect(failuresOf(withoutObject(plan, "Secret", "alertmanager-configuration")).join("\n")).toMatch(
      /'page': sent to nobody/,
    );
  });

  test("an environment without Alertmanager", () => {
    const addons = plan.addons.map((addon) => ({
      ...addon,
      objects: addon.objects.filter(({ kind }) => kind !== "Alertmanager"),
    }));
    expect(failuresOf(remodel(plan, { addons })).length).toBe(4);
  });
});

describe("an alert goes, as in Alertmanager,", () => {
  const route = {
    receiver: "all",
    repeat_interval: "4h",
    routes: [
      { receiver: "audit", matchers: ['severity=~"page|ticket"'], continue: true },
      { receiver: "night", matchers: ["severity=page", 'service!="batch"'], repeat_interval: "1h" },
    ],
  };
  const receivers = (labels: Readonly<Record<string, string>>): string[] =>
    routesOf(route, labels).map(({ receiver, repeat_interval }) => `${receiver} ${repeat_interval ?? ""}`);

  test("to the first route that matches, and further if that continues", () => {
    expect(receivers({ severity: "page" })).toEqual(["audit 4h", "night 1h"]);
    expect(receivers({ severity: "page", service: "batch" })).toEqual(["audit 4h"]);
  });

  test("to the root where no route matches; a pattern matches the whole value", () => {
    expect(receivers({ severity: "pages" })).toEqual(["all 4h"]);
    expect(receivers({})).toEqual(["all 4h"]);
  });
});
