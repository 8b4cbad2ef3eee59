import type { Metric } from "../../platform/metrics.ts";
import { availability } from "../../platform/objectives.ts";
import { database, defineService, models, objects, secretOf } from "../../platform/service.ts";
import { gauge } from "../../platform/signals.ts";
import { databaseConnections } from "../shared/database/contract.ts";
import { executions, queueDepth } from "../shared/executions/contract.ts";
import { SEALING_KEYS } from "../shared/models/contract.ts";

export const finished: Metric = {
  name: "promptops_executions_finished_total",
  type: "counter",
  help: "Executions of prompts that have ended, each once.",
  labels: ["state"],
  // Counted in the database, where the state changes.
  shared: true,
};

export const tokens: Metric = {
  name: "promptops_tokens_total",
  type: "counter",
  help: "Tokens that models have reported, of prompts and of completions.",
  labels: ["model", "kind"],
  shared: true,
};

export const circuitOpen: Metric = {
  name: "promptops_model_circuit_open",
  type: "gauge",
  help: "1 while this worker sends a model's endpoint nothing but trials, because it fails; else 0.",
  labels: ["model"],
};

export const workflowsFinished: Metric = {
  name: "promptops_workflows_finished_total",
  type: "counter",
  help: "Executions of workflows that have ended, each once.",
  labels: ["state"],
  shared: true,
};

export const workflows: Metric = {
  name: "promptops_workflows",
  type: "gauge",
  help: "Executions of workflows that have not ended.",
  labels: ["state"],
  shared: true,
};

export const compactionDelay: Metric = {
  name: "promptops_compaction_delay_seconds",
  type: "gauge",
  help: "Seconds since the end of the execution that has waited longest for the compaction of its events; 0 when none waits.",
  labels: [],
  shared: true,
};

export const archiveDelay: Metric = {
  name: "promptops_archive_delay_seconds",
  type: "gauge",
  help: "Seconds for which an execution could have been archived, of the one that waits longest; 0 when none waits.",
  labels: [],
  shared: true,
};

export const worker = defineService({
  name: "worker",
  listens: { health: 8081, metrics: 9081 },
  uses: [
    database({ pool: 4, listens: true, of: "api" }),
    executions.consumer,
    models,
    secretOf("api", SEALING_KEYS),
    objects,
  ],
  callsOut: ["api.anthropic.com", "api.openai.com"],
  secrets: [],
  metrics: [
    queueDepth,
    finished,
    workflowsFinished,
    workflows,
    tokens,
    compactionDelay,
    archiveDelay,
    circuitOpen,
    databaseConnections,
  ],
  resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "2", memory: "4Gi" } },
  scale: {
    between: [2, 50],
    on: [gauge(queueDepth, { matching: { queue: executions.name }, perReplica: 10 })],
    profile: "steady",
  },
  drain: 30,
  release: "rolling",
  // What its tenant cancelled is neither good nor bad.
  objectives: [availability("99%", { of: finished, failing: { state: "failed" }, except: { state: "cancelled" } })],
});
