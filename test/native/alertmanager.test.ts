import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { queriesOf } from "../../plan/model/queries.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { type AlertConfiguration, routesOf } from "../../proofs/evaluation/alert-routes.ts";
import { environmentNames } from "../environments.ts";
import { type Editable, planOf } from "../plans.ts";
import { until } from "../services/stack.ts";
import { type Alertmanager, ensureAlertmanager, type SentAlert, startAlertmanager } from "./alertmanager.ts";

/** Where the operator mounts the secrets of receivers. */
const MOUNTED = "/etc/alertmanager/secrets/alert-receivers";
const folder = mkdtempSync(join(tmpdir(), "promptops-receivers-"));
const requests: { readonly path: string; readonly body: string }[] = [];
let receiver: Server;
let programs = "";
let alertmanager: Alertmanager;

const configurationOf = (plan: Plan): string => {
  const secret = plan.objects.find(({ manifest }) => manifest.metadata.name === "alertmanager-configuration");
  return (secret?.manifest as unknown as Editable)["stringData"]["alertmanager.yaml"] as string;
};

/** The rendered configuration, with all waits shorter, secrets of this test, and PagerDuty on this computer. */
function shortened(configuration: string, url: string): string {
  const changed = parse(configuration.replaceAll(MOUNTED, folder));
  for (const route of changed["route"].routes as Editable[])
    Object.assign(route, { group_wait: "100ms", group_interval: "1s", repeat_interval: "1s" });
  return stringify({ ...changed, global: { pagerduty_url: `${url}/pagerduty` } });
}

beforeAll(async () => {
  programs = await ensureAlertmanager();
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      requests.push({ path: request.url ?? "", body });
      // PagerDuty says 202, Slack says ok.
      response.statusCode = request.url === "/pagerduty" ? 202 : 200;
      response.end("ok");
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  for (const [file, secret] of Object.entries({
    page: "key-of-the-test",
    ticket: `${url}/slack`,
    heartbeat: `${url}/beat`,
  }))
    writeFileSync(join(folder, file), secret);
  alertmanager = await startAlertmanager(programs, shortened(configurationOf(await planOf("production")), url));
});
afterAll(async () => {
  await alertmanager.stop();
  receiver.close();
  rmSync(folder, { recursive: true });
});

const alertOf = (name: string, labels: Readonly<Record<string, string>>): SentAlert => ({
  labels: { alertname: name, ...labels },
  annotations: { summary: `summary of ${name}`, runbook_url: `https://runbooks.example.com/${name}.md` },
});

/** Resolves with what one of the receivers has been sent of an alert. */
const sentTo = (path: string, name: string): Promise<string> =>
  until(`${path} to get ${name}`, () =>
    Promise.resolve(requests.find((each) => each.path === path && each.body.includes(name))?.body),
  );

test.each(environmentNames)("amtool accepts the configuration of %s", async (name) => {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, configurationOf(await planOf(name)));
  const said = execFileSync(join(programs, "amtool"), ["check-config", file], { encoding: "utf8" });
  expect(said).toContain("SUCCESS");
});

test("amtool routes each alert of production as the proof does", async () => {
  const plan = await planOf("production");
  const file = join(folder, "routes.yaml");
  writeFileSync(file, configurationOf(plan));
  const { route } = parse(configurationOf(plan)) as AlertConfiguration;
  const rules = queriesOf(plan.objects.map(({ manifest }) => manifest)).filter(({ alert }) => alert);
  const labels = rules.map((rule) => ({ ...rule.labels, alertname: rule.alert?.name ?? "" }));
  const bySeverity = new Map(labels.map((each) => [each["severity" as keyof typeof each], each]));
  expect([...bySeverity.keys()].toSorted()).toEqual(["heartbeat", "page", "ticket"]);
  for (const each of bySeverity.values()) {
    const named = Object.entries(each).map(([label, value]) => `${label}=${value}`);
    const arguments_ = ["config", "routes", "test", `--config.file=${file}`, ...named];
    const said = execFileSync(join(programs, "amtool"), arguments_, { encoding: "utf8" });
    expect(said.trim().split("\n")).toEqual(routesOf(route, each).map(({ receiver: name }) => name));
  }
});

describe("Alertmanager on production's configuration", () => {
  test("sends a page to PagerDuty alone, with its key, what is wrong and the runbook", async () => {
    await alertmanager.send(alertOf("GatewayDown", { severity: "page" }));
    const event = JSON.parse(await sentTo("/pagerduty", "GatewayDown"));
    expect(event).toMatchObject({ routing_key: "key-of-the-test", event_action: "trigger" });
    expect(event["payload"].summary).toContain("GatewayDown");
    expect(JSON.stringify(event)).toContain("https://runbooks.example.com/GatewayDown.md");
    expect(requests.filter(({ path, body }) => path !== "/pagerduty" && body.includes("GatewayDown"))).toEqual([]);
  });

  test("sends a ticket to Slack alone", async () => {
    await alertmanager.send(alertOf("QueueDeep", { severity: "ticket" }));
    expect(await sentTo("/slack", "QueueDeep")).toContain("summary of QueueDeep");
    expect(requests.filter(({ path, body }) => path !== "/slack" && body.includes("QueueDeep"))).toEqual([]);
  });

  test("sends heartbeats to the dead man's switch again and again", async () => {
    await alertmanager.send(alertOf("Watchdog", { severity: "heartbeat" }));
    const beats = await until("three heartbeats", () => {
      const found = requests.filter(({ path }) => path === "/beat");
      return Promise.resolve(found.length >= 3 ? found : undefined);
    });
    for (const { body } of beats) expect(JSON.parse(body)["status"]).toBe("firing");
  });

  test("tells nobody of an alert without a severity, and shows it", async () => {
    await alertmanager.send(alertOf("Unrouted", {}), alertOf("Marker", { severity: "ticket" }));
    await sentTo("/slack", "Marker");
    expect((await alertmanager.alerts()).map(({ labels }) => labels["alertname"])).toContain("Unrouted");
    expect(requests.filter(({ body }) => body.includes("Unrouted"))).toEqual([]);
  });

  test("silences the tickets of a service that has a page, and no others", async () => {
    await alertmanager.send(
      alertOf("ErrorRateHigh", { severity: "page", service: "api" }),
      alertOf("ErrorBudgetBurn", { severity: "ticket", service: "api" }),
      alertOf("ErrorBudgetBurn", { severity: "ticket", service: "worker" }),
      alertOf("NodeDiskAlmostFull", { severity: "ticket" }),
    );
    const shown = await until("the ticket of the service with a page to be silenced", async () => {
      const found = await alertmanager.alerts();
      return found.some(({ status }) => status.inhibitedBy.length > 0) ? found : undefined;
    });
    const silenced = shown.filter(({ status }) => status.inhibitedBy.length > 0).map(({ labels }) => labels);
    expect(silenced).toEqual([{ alertname: "ErrorBudgetBurn", severity: "ticket", service: "api" }]);
    // GatewayDown is a page without a service, and silences no ticket without one.
    await sentTo("/slack", "NodeDiskAlmostFull");
    expect(await sentTo("/slack", "ErrorBudgetBurn")).toContain("worker");
  });
});
