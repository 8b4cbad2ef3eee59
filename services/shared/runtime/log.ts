import { trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";
import { limitRepeats } from "./limit-repeats.ts";
import { serializers } from "./log-serializers.ts";

export type Log = Logger;

/** What may carry a secret or a user's words. A log line that has it anyway prints `[removed]`. */
const REMOVED = [
  "authorization",
  "apiKey",
  "token",
  "refreshToken",
  "password",
  "messages",
  "variables",
  "template",
  "text",
  "output",
];

/** One JSON object a line, on standard output where nothing else is said, with the trace that it belongs to. */
export function createLog(service: string, level: string, destination: DestinationStream = pino.destination(1)): Log {
  const options: LoggerOptions = {
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers,
    hooks: { logMethod: limitRepeats() },
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REMOVED.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[removed]" },
    mixin: () => {
      const context = trace.getActiveSpan()?.spanContext();
      return context ? { trace_id: context.traceId, span_id: context.spanId } : {};
    },
  };
  return pino(options, destination);
}
