import { expect, test } from "vitest";
import { type Case, outcome } from "./rules.ts";

test.each<[string, Case]>([
  [
    "an autoscaler of nodes that looked a while ago",
    {
      series: { 'cluster_autoscaler_last_activity{activity="main"}': "0x60" },
      at: "20m",
      alert: "NodeScalingStuck",
      fires: [{ severity: "page" }],
    },
  ],
  [
    "an autoscaler of nodes that nobody leads",
    {
      series: { 'cluster_autoscaler_last_activity{activity="scaleDown"}': "0+60x60" },
      at: "20m",
      alert: "NodeScalingStuck",
      fires: [{ activity: "main", severity: "page" }],
    },
  ],
  [
    "an autoscaler of nodes that looks all the time",
    {
      series: { 'cluster_autoscaler_last_activity{activity="main"}': "0+60x60" },
      at: "20m",
      alert: "NodeScalingStuck",
      fires: [],
    },
  ],
  [
    "nodes that cannot be added",
    {
      series: { 'cluster_autoscaler_failed_scale_ups_total{reason="cloudProviderError"}': "0+1x60" },
      at: "40m",
      alert: "NodeScalingFailing",
      fires: [{ reason: "cloudProviderError", severity: "ticket" }],
    },
  ],
  [
    "a node that could not be added once",
    {
      series: { 'cluster_autoscaler_failed_scale_ups_total{reason="cloudProviderError"}': "0 1x60" },
      at: "40m",
      alert: "NodeScalingFailing",
      fires: [],
    },
  ],
  [
    "a load balancer that is refused again and again",
    {
      series: {
        'awslbc_controller_reconcile_errors_total{controller="service",error_category="deploy_model_error"}': "0+1x60",
      },
      at: "40m",
      alert: "LoadBalancerFailing",
      fires: [{ controller: "service", severity: "ticket" }],
    },
  ],
  [
    "a secret that the store refuses",
    {
      series: { 'externalsecret_status_condition{namespace="a",name="s",condition="Ready",status="False"}': "1x40" },
      at: "30m",
      alert: "SecretSyncFailing",
      fires: [{ namespace: "a", name: "s", severity: "ticket" }],
    },
  ],
  [
    "a secret that is brought up to date",
    {
      series: {
        'externalsecret_status_condition{namespace="a",name="s",condition="Ready",status="False"}': "0x40",
        'externalsecret_status_condition{namespace="a",name="s",condition="Ready",status="True"}': "1x40",
      },
      at: "30m",
      alert: "SecretSyncFailing",
      fires: [],
    },
  ],
])("the alerts of operators, with promtool's own engine: %s", async (_, each) => {
  expect(await outcome(each)).toMatch(/SUCCESS\s*$/);
});
