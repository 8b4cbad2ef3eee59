import type { Metric } from "../../../platform/metrics.ts";
import { queue } from "../../../platform/service.ts";

/** The file with the URL of Redis, where there is one. */
export const REDIS_URL = "redis-url";

/** Executions of prompts and workflows that wait for a worker. The row is the truth; the queue only wakes. */
export const executions = queue("executions");

export const queueDepth: Metric = {
  name: "promptops_queue_depth",
  type: "gauge",
  help: "Executions that wait, up to 100,000: in the queue `executions` for a worker, in `evaluations` for their scores.",
  labels: ["queue"],
  shared: true,
};
