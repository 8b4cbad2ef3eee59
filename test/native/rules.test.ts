import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { environmentNames } from "../environments.ts";
import type { Editable } from "../plans.ts";
import { api, bad, type Case, folder, good, groupsOf, outcome, promtool } from "./rules.ts";

test.each(environmentNames)("promtool takes every rule of %s", async (name) => {
  const groups = await groupsOf(name);
  writeFileSync(join(folder, `${name}.yaml`), stringify({ groups }));
  const rules = groups.flatMap((group: Editable) => group.rules as unknown[]).length;
  expect(promtool("check", "rules", `${name}.yaml`)).toContain(`SUCCESS: ${rules} rules found`);
});

const probes = 'http_requests_total{namespace="application",job="api",pod="api-0",route="/health/live",status="503"}';
/** What a worker exports of ended executions. */
const ends = (pod: string, { failed }: { failed: string }): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ succeeded: "0+98x30", failed, cancelled: "0+9000x30" }).map(([state, values]) => [
      `promptops_executions_finished_total{namespace="application",job="worker",pod="${pod}",state="${state}"}`,
      values,
    ]),
  );
const burning = (window: string, severity: string): Record<string, string> => ({
  service: "api",
  objective: "availability",
  severity,
  window,
});

/** Gauges of what waits, with the most seconds that raise no ticket. */
const delays = [
  {
    ...{ what: "usage events have been in the outbox", metric: "promptops_usage_outbox_age_seconds", job: "analytics" },
    ...{ most: 300, alert: "UsageEventsDelayed" },
  },
  {
    ...{ what: "events have waited for their compaction", metric: "promptops_compaction_delay_seconds", job: "worker" },
    ...{ most: 900, alert: "EventsNotCompacted" },
  },
  {
    ...{ what: "executions have waited to be archived", metric: "promptops_archive_delay_seconds", job: "worker" },
    ...{ most: 86_400, alert: "ExecutionsNotArchived" },
  },
  {
    ...{ what: "outputs have waited for their scores", metric: "promptops_evaluation_delay_seconds", job: "evaluator" },
    ...{ most: 600, alert: "EvaluationsDelayed" },
  },
  {
    ...{ what: "a webhook has been due", metric: "promptops_webhook_delay_seconds", job: "notifications" },
    ...{ most: 300, alert: "WebhooksDelayed" },
  },
] as const;

describe("on series, with promtool's own engine", () => {
  test.each<[string, Case]>([
    [
      "an API that answers well burns nothing",
      { series: { [good]: "0+600x90", [bad]: "0+0x90" }, at: "80m", alert: "ErrorBudgetBurn", fires: [] },
    ],
    [
      "five percent of errors for an hour wake somebody, and are too much for a day as well",
      {
        series: { [good]: "0+570x90", [bad]: "0+30x90" },
        at: "80m",
        alert: "ErrorBudgetBurn",
        fires: [burning("1h", "page"), burning("6h", "page"), burning("1d", "ticket"), burning("3d", "ticket")],
      },
    ],
    [
      "half a percent is a ticket, and nobody wakes",
      {
        series: { [good]: "0+597x90", [bad]: "0+3x90" },
        at: "80m",
        alert: "ErrorBudgetBurn",
        fires: [burning("1d", "ticket"), burning("3d", "ticket")],
      },
    ],
    [
      "trouble that is over no longer wakes anybody",
      {
        series: { [good]: "0+570x60 34200+600x30", [bad]: "0+30x60 1800+0x30" },
        at: "75m",
        alert: "ErrorBudgetBurn",
        fires: [burning("6h", "page"), burning("1d", "ticket"), burning("3d", "ticket")],
      },
    ],
    [
      "no requests are no errors",
      { series: { [good]: "500+0x90", [bad]: "7+0x90" }, at: "80m", alert: "ErrorBudgetBurn", fires: [] },
    ],
    [
      "the kubelet's questions count for nothing",
      { series: { [good]: "0+600x90", [probes]: "0+600x90" }, at: "80m", alert: "ErrorBudgetBurn", fires: [] },
    ],
    [
      "slow answers burn the other promise",
      {
        series: {
          [`http_request_duration_seconds_bucket${api('le="0.5"')}`]: "0+400x90",
          [`http_request_duration_seconds_count${api('method="GET"')}`]: "0+600x90",
        },
        at: "80m",
        alert: "ErrorBudgetBurn",
        fires: ["1h", "6h", "1d", "3d"].map((window, index) => ({
          service: "api",
          objective: "latency-500ms",
          severity: index < 2 ? "page" : "ticket",
          window,
        })),
      },
    ],
    [
      "a queue is as deep as one replica says, not as all of them together",
      {
        series: Object.fromEntries(
          ["a", "b", "c"].map((pod) => [
            `promptops_queue_depth{queue="executions",namespace="application",job="worker",pod="${pod}"}`,
            "60x30",
          ]),
        ),
        at: "20m",
        alert: "QueueDeep",
        fires: [],
      },
    ],
    [
      "a deep queue",
      {
        series: { 'promptops_queue_depth{queue="executions",namespace="application",job="worker",pod="a"}': "101x30" },
        at: "20m",
        alert: "QueueDeep",
        fires: [{ queue: "executions", severity: "ticket" }],
      },
    ],
    [
      "a deep queue of RabbitMQ, beside one of dead letters",
      {
        series: {
          'rabbitmq_queue_messages{namespace="data",vhost="/",queue="usage",pod="a"}': "101x30",
          'rabbitmq_queue_messages{namespace="data",vhost="/",queue="usage.dead-letters",pod="a"}': "500x30",
        },
        at: "20m",
        alert: "QueueDeep",
        fires: [{ queue: "usage", severity: "ticket" }],
      },
    ],
    ...delays.flatMap(({ what, metric, job, most, alert }) =>
      [most - 1, most + 1].map((seconds): [string, Case] => [
        `${what} for ${seconds} seconds`,
        {
          series: {
            [`${metric}{namespace="application",job="${job}",pod="a"}`]: `${seconds}x30`,
            [`${metric}{namespace="application",job="${job}",pod="b"}`]: "0x30",
          },
          ...{ at: "20m", alert, fires: seconds > most ? [{ severity: "ticket" }] : [] },
        },
      ]),
    ),
    ...([0, 1] as const).map((letters): [string, Case] => [
      `${letters} dead letters of usage events`,
      {
        series: { 'promptops_usage_dead_letters{namespace="application",job="analytics",pod="a"}': `${letters}x30` },
        at: "20m",
        alert: "UsageEventsRefused",
        fires: letters === 0 ? [] : [{ severity: "ticket" }],
      },
    ]),
    [
      "requests over 200 ms that spend the other budget",
      {
        series: {
          [`http_request_duration_seconds_bucket${api('le="0.2"')}`]: "0+200x90",
          [`http_request_duration_seconds_bucket${api('le="0.5"')}`]: "0+600x90",
          [`http_request_duration_seconds_count${api('method="GET"')}`]: "0+600x90",
        },
        at: "80m",
        alert: "ErrorBudgetBurn",
        fires: ["6h", "1d", "3d"].map((window, index) => ({
          service: "api",
          objective: "latency-200ms",
          severity: index < 1 ? "page" : "ticket",
          window,
        })),
      },
    ],
    ...([1, 2] as const).map((open): [string, Case] => [
      `a model that ${open} of 3 workers find failing`,
      {
        series: Object.fromEntries(
          ["a", "b", "c"].map((pod, index) => [
            `promptops_model_circuit_open{model="simulated",namespace="application",pod="${pod}"}`,
            `${index < open ? 1 : 0}x30`,
          ]),
        ),
        at: "20m",
        alert: "ModelFailing",
        fires: open === 2 ? [{ model: "simulated", severity: "page" }] : [],
      },
    ]),
    [
      "connections are counted over all replicas",
      {
        series: Object.fromEntries(
          ["a", "b"].map((pod) => [`promptops_database_connections{namespace="application",pod="${pod}"}`, "330x30"]),
        ),
        at: "20m",
        alert: "DatabaseConnectionsHigh",
        fires: [{ severity: "page" }],
      },
    ],
    [
      "executions that fail page, however many are cancelled, and as often as replicas say so",
      {
        series: { ...ends("a", { failed: "0+2x30" }), ...ends("b", { failed: "0+2x30" }) },
        at: "20m",
        alert: "ErrorRateHigh",
        fires: [{ service: "worker", objective: "availability", severity: "page" }],
      },
    ],
    [
      "a worker that starts with the count of all executions adds none",
      {
        series: { ...ends("a", { failed: "50000+0x30" }), ...ends("b", { failed: "_x12 50000+0x17" }) },
        at: "20m",
        alert: "ErrorRateHigh",
        fires: [],
      },
    ],
    [
      "a backup that is hours old",
      {
        series: { 'velero_backup_last_successful_timestamp{schedule="hourly"}': "0x400" },
        at: "200m",
        alert: "BackupMissing",
        fires: [{ schedule: "hourly", severity: "page" }],
      },
    ],
    [
      "a DNS zone that was brought up to date a while ago",
      {
        series: { external_dns_controller_last_sync_timestamp_seconds: "0x60" },
        at: "30m",
        alert: "DnsSyncFailing",
        fires: [{ severity: "ticket" }],
      },
    ],
    [
      "a DNS zone that is brought up to date each minute",
      {
        series: { external_dns_controller_last_sync_timestamp_seconds: "0+15x120" },
        at: "30m",
        alert: "DnsSyncFailing",
        fires: [],
      },
    ],
    [
      "a node that says nothing",
      {
        series: { 'kube_node_status_condition{node="n",condition="Ready",status="true"}': "1x5 0x20" },
        at: "12m",
        alert: "NodeNotReady",
        fires: [{ node: "n", severity: "page" }],
      },
    ],
    [
      "a volume over nine tenths",
      {
        series: {
          'kubelet_volume_stats_used_bytes{namespace="data",persistentvolumeclaim="p"}': "91x20",
          'kubelet_volume_stats_capacity_bytes{namespace="data",persistentvolumeclaim="p"}': "100x20",
        },
        at: "10m",
        alert: "VolumeAlmostFull",
        fires: [{ namespace: "data", persistentvolumeclaim: "p", severity: "page" }],
      },
    ],
    [
      "a rollout that was taken back",
      {
        series: { 'rollout_info{namespace="application",name="api",phase="Degraded",strategy="canary"}': "1x5" },
        at: "2m",
        alert: "RolloutAborted",
        fires: [{ namespace: "application", name: "api", severity: "page" }],
      },
    ],
  ])("%s", async (_, each) => {
    expect(await outcome(each)).toMatch(/SUCCESS\s*$/);
  });
});
