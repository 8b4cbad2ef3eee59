import type { Metric } from "../../../platform/metrics.ts";
import { messages } from "../../../platform/service.ts";

/** The file with the URL of the message broker (AMQP 0-9-1), where there is one. */
export const AMQP_URL = "amqp-url";

/** What ended executions used. The outbox in Postgres has an event until it is handed over: to this queue, or to who counts it. */
export const usage = messages("usage");

export const usageEvents: Metric = {
  name: "promptops_usage_events_total",
  type: "counter",
  help: "Usage events that this replica has handled: counted, ignored since they were counted before or their tenant is erased, or refused.",
  labels: ["result"],
};

export const outboxAge: Metric = {
  name: "promptops_usage_outbox_age_seconds",
  type: "gauge",
  help: "Seconds since the oldest usage event that is still in the outbox was recorded; 0 when it is empty.",
  labels: [],
  shared: true,
};

export const deadLetters: Metric = {
  name: "promptops_usage_dead_letters",
  type: "gauge",
  help: "Usage events that were refused, and wait for an operator.",
  labels: [],
  shared: true,
};
