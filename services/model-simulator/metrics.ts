import { Counter, Gauge, Histogram, Registry } from "prom-client";

const SECONDS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Metrics with the names and labels of vLLM (v1), so that queries for vLLM work on them. */
export function createModelMetrics(
  model: string,
  registry = new Registry(),
): { registry: Registry; metrics: ModelMetrics } {
  const labels = { model_name: model, engine: "0" };
  const labelNames = Object.keys(labels);
  const common = (name: string, help: string): object => ({
    name: `vllm:${name}`,
    help,
    labelNames,
    registers: [registry],
  });
  const gauge = (name: string, help: string): Gauge.Internal<string> =>
    new Gauge(common(name, help) as never).labels(labels);
  const counter = (name: string, help: string): Counter.Internal =>
    new Counter(common(name, help) as never).labels(labels);
  const histogram = (name: string, help: string): Histogram.Internal<string> =>
    new Histogram({ ...common(name, help), buckets: SECONDS } as never).labels(labels);
  const success = new Counter({
    name: "vllm:request_success_total",
    help: "Requests that ended.",
    labelNames: [...labelNames, "finished_reason"],
    registers: [registry],
  });
  const metrics: ModelMetrics = {
    running: gauge("num_requests_running", "Requests that the engine works on."),
    waiting: gauge("num_requests_waiting", "Requests that wait for the engine."),
    cacheUsage: gauge("kv_cache_usage_perc", "Use of the KV cache, 1 is full."),
    promptTokens: counter("prompt_tokens_total", "Tokens of prompts."),
    generationTokens: counter("generation_tokens_total", "Tokens generated."),
    timeToFirstToken: histogram("time_to_first_token_seconds", "Seconds to the first token."),
    requestLatency: histogram("e2e_request_latency_seconds", "Seconds from request to end."),
    finished: (reason) => {
      success.inc({ ...labels, finished_reason: reason });
    },
  };
  metrics.running.set(0);
  metrics.waiting.set(0);
  metrics.cacheUsage.set(0);
  return { registry, metrics };
}

export interface ModelMetrics {
  readonly running: Gauge.Internal<string>;
  readonly waiting: Gauge.Internal<string>;
  readonly cacheUsage: Gauge.Internal<string>;
  readonly promptTokens: Counter.Internal;
  readonly generationTokens: Counter.Internal;
  readonly timeToFirstToken: Histogram.Internal<string>;
  readonly requestLatency: Histogram.Internal<string>;
  readonly finished: (reason: "stop" | "length" | "abort") => void;
}
