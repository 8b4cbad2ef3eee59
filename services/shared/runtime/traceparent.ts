import { isSpanContextValid, type TextMapPropagator, trace, TraceFlags } from "@opentelemetry/api";

const HEADER = "traceparent";
/** W3C's header: version, trace, parent, flags. A later version may add fields, which are ignored. */
const FORM = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/**
 * Passes on which trace something belongs to, and nothing else: `baggage` and `tracestate` carry whatever a caller puts there, and
 * would go through our rows to the endpoints of models.
 */
export const traceparentOnly: TextMapPropagator = {
  inject(context, carrier, setter) {
    const span = trace.getSpanContext(context);
    if (!span || !isSpanContextValid(span)) return;
    const flags = (span.traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, "0");
    setter.set(carrier, HEADER, `00-${span.traceId}-${span.spanId}-${flags}`);
  },
  extract(context, carrier, getter) {
    const [header] = [getter.get(carrier, HEADER)].flat();
    const [, traceId = "", spanId = "", flags = ""] = FORM.exec(header ?? "") ?? [];
    const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
    return isSpanContextValid(span) ? trace.setSpanContext(context, span) : context;
  },
  fields: () => [HEADER],
};
