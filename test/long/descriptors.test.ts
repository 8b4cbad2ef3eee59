import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api } from "../../services/api/service.ts";
import { worker } from "../../services/worker/service.ts";
import type { ServiceProcess } from "../../local/service-process.ts";
import { readSettings } from "../../services/shared/runtime/settings.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";

/** Somebody's words, which belong in no log. */
const WORDS = "the-patient-is-called-mallory";

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

let stack: Stack;
let tenant: Tenant;
let running: ServiceProcess;
let execution: string;
const spans: Span[] = [];
const collector = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as {
      resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
    };
    spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  process.env["OTEL_BSP_SCHEDULE_DELAY"] = "100";
  stack = await startStack({ workers: 0 });
  running = await stack.platform.startWorker("worker");
  tenant = await stack.tenant("one");
  const prompt = await tenant.prompt("echo");
  await stack.fault({ kind: "status", status: 500 });
  execution = await tenant.execute(prompt, WORDS);
  await tenant.follow(execution);
});
afterAll(async () => {
  delete process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  delete process.env["OTEL_BSP_SCHEDULE_DELAY"];
  await stack.stop();
  collector.closeAllConnections();
  collector.close();
});

const get = async (port: number | undefined, path: string): Promise<{ status: number; text: string }> => {
  const response = await fetch(`http://127.0.0.1:${port ?? 0}${path}`);
  return { status: response.status, text: await response.text() };
};

describe("the descriptor is the truth", () => {
  test("of ports: without another word a service listens where it says", () => {
    expect(readSettings(api, { PROMPTOPS_ENVIRONMENT: "test" }).ports).toEqual({ ...api.listens });
    expect(readSettings(worker, { PROMPTOPS_ENVIRONMENT: "test" }).ports).toEqual({ ...worker.listens });
    expect(readSettings(api, { PROMPTOPS_ENVIRONMENT: "test", PROMPTOPS_PORT_HTTP: "0" }).ports).toEqual({
      ...api.listens,
      http: 0,
    });
    expect(() => readSettings(api, { PROMPTOPS_ENVIRONMENT: "test", PROMPTOPS_PORT_HTTP: "high" })).toThrow(
      /PROMPTOPS_PORT_HTTP is 'high'/,
    );
  });

  test("of probes: they are answered on `http`, else on `health`, and metrics never on `http`", async () => {
    for (const [service, port] of [
      [stack.api, "http"],
      [running, "health"],
    ] as const) {
      for (const path of ["live", "ready", "startup"]) {
        expect((await get(service.ports[port], `/health/${path}`)).status, path).toBe(200);
      }
      expect((await get(service.ports[port], "/metrics")).status).toBeGreaterThanOrEqual(400);
    }
  });

  test.each([
    ["api", api],
    ["worker", worker],
  ])(
    "of metrics: %s exports those that it declares, with their labels, on their own port",
    async (name, descriptor) => {
      const { ports } = name === "api" ? stack.api : running;
      const { text } = await until("a count of what waits", async () => {
        const answer = await get(ports["metrics"], "/metrics");
        return name === "api" || answer.text.includes('promptops_queue_depth{queue="executions"} 0')
          ? answer
          : undefined;
      });
      for (const metric of descriptor.metrics) {
        expect(text).toContain(`# TYPE ${metric.name} ${metric.type}`);
        const sample = new RegExp(`^${metric.name}(?:_bucket)?\\{(.*)\\}`, "m").exec(text)?.[1] ?? "";
        const labels = [...sample.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== "le");
        expect(labels.toSorted(), metric.name).toEqual([...metric.labels].toSorted());
      }
    },
  );

  test("of secrets: a service says which file it misses", () => {
    const settings = readSettings(api, { PROMPTOPS_ENVIRONMENT: "test", PROMPTOPS_SECRETS: "/nowhere" });
    expect(() => settings.secret("database-url")).toThrow("Service 'api' finds no secret in /nowhere/database-url.");
  });
});

describe("a log", () => {
  test("is one JSON object a line, and holds no key, no secret and nobody's words", () => {
    const logged = stack.lines.filter(({ service }) => service !== "prepare").map(({ line }) => line);
    expect(logged.length).toBeGreaterThan(4);
    for (const line of logged) expect(() => JSON.parse(line) as unknown, line).not.toThrow();
    const all = logged.join("\n");
    expect(all).not.toContain(WORDS);
    expect(all).not.toContain(tenant.key);
    expect(all).not.toMatch(/postgres:\/\//);
  });

  test("carries the trace of the execution that it speaks of", () => {
    const lines = stack.lines.filter(({ service, line }) => service === "worker" && line.includes(execution));
    const traces = lines.map(({ line }) => (JSON.parse(line) as { trace_id?: string }).trace_id);
    expect(traces.length).toBeGreaterThanOrEqual(2);
    expect(new Set(traces).size).toBe(1);
    expect(traces[0]).toMatch(/^[0-9a-f]{32}$/);
  });
});

test("a trace goes from the API through the row to each attempt of the worker", async () => {
  const found = await until("the spans to arrive", () => {
    const attempts = spans.filter(({ name }) => name === "execution");
    const accepted = spans.find(({ name }) => name === "POST /prompts/:id/execute");
    return Promise.resolve(attempts.length === 2 && accepted ? { attempts, accepted } : undefined);
  });
  for (const attempt of found.attempts) {
    expect(attempt.traceId).toBe(found.accepted.traceId);
    expect(attempt.parentSpanId).toBe(found.accepted.spanId);
  }
});
