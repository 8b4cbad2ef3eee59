import type { Metric } from "../../platform/metrics.ts";
import { availability } from "../../platform/objectives.ts";
import { database, defineService } from "../../platform/service.ts";
import { gauge } from "../../platform/signals.ts";
import { databaseConnections } from "../shared/database/contract.ts";
import { EVALUATIONS } from "../shared/evaluations/contract.ts";
import { executions, queueDepth } from "../shared/executions/contract.ts";

export const steps: Metric = {
  name: "promptops_experiment_steps_total",
  type: "counter",
  help: "Steps of experiments that this replica has taken: committed, or failed and left to be taken again.",
  labels: ["result"],
};

export const evaluationDelay: Metric = {
  name: "promptops_evaluation_delay_seconds",
  type: "gauge",
  help: "Seconds since the end of the execution that has waited longest for its scores; 0 when none waits.",
  labels: [],
  shared: true,
};

/** Executes experiments and scores their outputs. */
export const evaluator = defineService({
  name: "evaluator",
  listens: { health: 8084, metrics: 9084 },
  // A step holds a connection, and what waits is counted over the other one.
  uses: [database({ pool: 2, listens: true, of: "api" }), executions.producer],
  callsOut: [],
  secrets: [],
  metrics: [queueDepth, evaluationDelay, steps, databaseConnections],
  // Of outputs of a million characters, twenty are read at once.
  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
  scale: {
    between: [2, 3],
    on: [gauge(queueDepth, { matching: { queue: EVALUATIONS }, perReplica: 20 })],
    profile: "elastic",
  },
  drain: 30,
  release: "rolling",
  objectives: [availability("99.9%", { of: steps, failing: { result: "failed" } })],
});
