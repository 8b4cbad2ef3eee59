import { describe, expect, test } from "vitest";
import { triggerOf } from "../../k8s/constructs/signals.ts";
import { parsePromQl } from "../../proofs/evaluation/promql.ts";
import { defineService } from "../../platform/service.ts";
import { cpu, requestLatency, requestsPerSecond, type Signal } from "../../platform/signals.ts";

const requests = { name: "requests_total", type: "counter", help: "", labels: ["route"] } as const;
const duration = { name: "duration_seconds", type: "histogram", help: "", labels: ["route"] } as const;
const trigger = (signal: Signal): ReturnType<typeof triggerOf> =>
  triggerOf(signal, { namespace: "application", job: "web", prometheus: "http://prometheus:9090" });

test("requests per second add a replica for each so many of the workload's own requests", () => {
  expect(trigger(requestsPerSecond(requests, { matching: { route: "/" }, perReplica: 50 }))).toEqual({
    type: "prometheus",
    metricType: "AverageValue",
    metadata: {
      serverAddress: "http://prometheus:9090",
      query: 'sum(rate(requests_total{namespace="application",job="web",route="/"}[2m]))',
      threshold: "50",
      ignoreNullValues: "false",
    },
  });
});

test("latency is compared as it is: it is not shared by the replicas", () => {
  const { metricType, metadata } = trigger(requestLatency(duration, { quantile: 0.9, within: 0.5 }));
  expect(metricType).toBe("Value");
  expect(metadata).toMatchObject({ threshold: "0.5", ignoreNullValues: "false" });
});

test("the queries parse and read the metrics of the workload alone", () => {
  for (const signal of [requestsPerSecond(requests, { perReplica: 1 }), requestLatency(duration, { within: 1 })]) {
    const { selectors } = parsePromQl(trigger(signal).metadata["query"] ?? "");
    expect(selectors.length).toBeGreaterThan(0);
    for (const { matchers } of selectors) {
      expect(matchers).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ label: "namespace", value: "application" }),
          expect.objectContaining({ label: "job", value: "web" }),
        ]),
      );
    }
  }
});

test("a label that the metric lacks is refused", () => {
  expect(() => trigger(requestsPerSecond(requests, { matching: { path: "/" }, perReplica: 1 }))).toThrow(
    "has no label 'path'",
  );
});

describe("a signal is refused that is", () => {
  test.each<[string, () => Signal, string]>([
    ["requests of a histogram", () => requestsPerSecond(duration, { perReplica: 1 }), "needs a counter"],
    ["no requests per replica", () => requestsPerSecond(requests, { perReplica: 0 }), "'perReplica' above 0, not 0"],
    ["latency of a counter", () => requestLatency(requests, { within: 1 }), "needs a histogram"],
    ["a percentage", () => requestLatency(duration, { quantile: 95, within: 1 }), "'quantile' between 0 and 1, not 95"],
    ["beyond the largest bucket", () => requestLatency(duration, { within: 10 }), "between 0 and 10 seconds, not 10"],
  ])("%s", (_, build, message) => {
    expect(build).toThrow(message);
  });

  test("of a metric that the service does not export", () => {
    const service = {
      name: "web",
      listens: { http: 7000, metrics: 7001 },
      uses: [],
      callsOut: [],
      secrets: [],
      metrics: [duration],
      resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } },
      drain: 30,
      release: "rolling",
    } as const;
    const scaledBy = (signal: Signal): unknown =>
      defineService({ ...service, scale: { between: [1, 2], on: [cpu(70), signal], profile: "steady" } });
    expect(() => scaledBy(requestLatency(duration, { within: 1 }))).not.toThrow();
    expect(() => scaledBy(requestsPerSecond(requests, { perReplica: 1 }))).toThrow("one of its own 'metrics'");
  });
});
