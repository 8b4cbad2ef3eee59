import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { ObjectStoreError } from "../shared/objects/ports.ts";
import { TemplateError } from "../shared/prompts/template.ts";
import { ApiError, type ErrorCode, InvalidRequest, MAX_FAULTS, problem } from "./errors.ts";

/** Fastify's own errors, by their code. */
const FROM_FASTIFY: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body_too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_CTP_EMPTY_TYPE: "unsupported_media_type",
};

/** Postgres' classes of errors that pass: connections, resources, an operator's intervention. */
const PASSING = /^(08|53|57)/;
/** Node's error codes for a server that cannot be reached. */
const UNREACHABLE = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EPIPE"]);

/** Answers every error as problem+json, unless its route has another form. What went wrong inside stays inside. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    // A connection that was to become a WebSocket is good for nothing else; left open, it would hold a stop up.
    if (request.ws) void reply.header("connection", "close");
    if (error instanceof ApiError) {
      if (error.retryAfterSeconds !== undefined) void reply.header("retry-after", Math.ceil(error.retryAfterSeconds));
      return send(reply, error.code, error.detail === undefined ? {} : { detail: error.detail });
    }
    if (error instanceof TemplateError) return send(reply, error.code, { detail: error.message });
    if (error instanceof InvalidRequest)
      return send(reply, "invalid_request", { faults: error.faults.slice(0, MAX_FAULTS) });
    if (hasZodFastifySchemaValidationErrors(error)) {
      const faults = error.validation
        .slice(0, MAX_FAULTS)
        .map(({ instancePath, message = "" }) => ({
          path: `${error.validationContext ?? "request"}${instancePath}`,
          message,
        }));
      return send(reply, "invalid_request", { faults });
    }
    const code = codeOf(error);
    logFailure(request.log, code, error);
    return send(reply, code, code === "invalid_request" ? { detail: error.message } : {});
  });
}

function logFailure(log: FastifyBaseLogger, code: ErrorCode, error: Error): void {
  if (code === "internal") log.error({ err: error }, "a request failed");
  if (code === "unavailable") log.warn({ err: error }, "a request could not be served");
}

/** Answers a path that cannot be decoded, which Fastify refuses before it looks for a route. */
export function answerUnroutable({ message }: FastifyError, reply: FastifyReply): void {
  send(reply, "invalid_request", { detail: message });
}

function codeOf(error: FastifyError): ErrorCode {
  const known = FROM_FASTIFY[error.code];
  if (known) return known;
  if (isPassing(error)) return "unavailable";
  return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
    ? "invalid_request"
    : "internal";
}

function isPassing(error: Partial<FastifyError>): boolean {
  const { code = "", message } = error;
  return (
    error instanceof ObjectStoreError ||
    PASSING.test(code) ||
    UNREACHABLE.has(code) ||
    /connection (terminated|timeout)|timeout exceeded/i.test(message ?? "")
  );
}

export function send(reply: FastifyReply, code: ErrorCode, more: Parameters<typeof problem>[1]): FastifyReply {
  const document = problem(code, more);
  const { errorOf } = reply.request.routeOptions.config;
  const type = errorOf ? "application/json" : "application/problem+json";
  return reply
    .code(document.status)
    .type(type)
    .send(errorOf?.(document) ?? document);
}
