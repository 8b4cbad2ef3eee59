import { trace } from "@opentelemetry/api";
import { type Logger, pino } from "pino";

export type Log = Logger;

/** What may carry a secret or somebody's words. A log line that has it all the same prints `[removed]`. */
const REMOVED = ["authorization", "apiKey", "token", "password", "messages", "variables", "template", "text", "output"];

/** One JSON object a line on standard output, with the trace that it belongs to. */
export function createLog(service: string, level: string): Log {
  return pino({
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REMOVED.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[removed]" },
    mixin: () => {
      const context = trace.getActiveSpan()?.spanContext();
      return context ? { trace_id: context.traceId, span_id: context.spanId } : {};
    },
  });
}
