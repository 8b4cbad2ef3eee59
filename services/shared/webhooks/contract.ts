import type { Metric } from "../../../platform/metrics.ts";

export const attempts: Metric = {
  name: "promptops_webhook_attempts_total",
  type: "counter",
  help: "Attempts of this replica to deliver a webhook: delivered, rejected by the receiver, unreachable, or failed in the platform itself.",
  labels: ["result"],
};

export const webhookDelay: Metric = {
  name: "promptops_webhook_delay_seconds",
  type: "gauge",
  help: "Seconds that the longest waiting webhook has been due, of those that nothing but the platform delays; 0 when none is.",
  labels: [],
  shared: true,
};
