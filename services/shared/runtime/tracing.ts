import { context, propagation, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import type { Settings } from "./settings.ts";
import { traceparentOnly } from "./traceparent.ts";

/** Starts tracing. Trace ids are made and passed on in any case; spans leave the process where an endpoint is set. */
export function startTracing(
  service: string,
  { environment, tracesEndpoint: endpoint }: Pick<Settings, "environment" | "tracesEndpoint">,
): { stop: () => Promise<void> } {
  const spanProcessors = endpoint
    ? [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, "")}/v1/traces` }))]
    : [];
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": service, "deployment.environment.name": environment }),
    spanProcessors,
  });
  provider.register({ propagator: traceparentOnly });
  return { stop: () => provider.shutdown() };
}

const tracer = trace.getTracer("promptops");

/** W3C's `traceparent`, as it goes through headers and the executions' rows. */
export type Carrier = Record<string, string>;

/** Runs work in a span that continues the carrier's trace; an error ends the span and goes on. */
export async function inSpan<Result>(
  name: string,
  carrier: Carrier,
  attributes: Record<string, string | number>,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const parent = propagation.extract(context.active(), carrier);
  return tracer.startActiveSpan(name, { attributes }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : "error" });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The active trace, to hand on. */
export function currentCarrier(): Carrier {
  const carrier: Carrier = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}
