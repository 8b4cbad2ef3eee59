import { EgressError } from "../shared/egress/egress-error.ts";
import { retryAfter } from "../shared/egress/retry-after.ts";

interface Fault {
  readonly code: string;
  /** Whether another attempt may help. */
  readonly retryable: boolean;
  /** What the endpoint asks to be left alone for. */
  readonly retryAfterSeconds?: number | undefined;
  /** The endpoint has too much to do, and said so. @default false */
  readonly busy?: boolean;
  /** The endpoint failed: the request would have failed like any other. @default false */
  readonly endpointFailed?: boolean;
}

/** What went wrong at the model. */
export class ModelError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly busy: boolean;
  readonly endpointFailed: boolean;

  constructor(
    { code, retryable, retryAfterSeconds, busy = false, endpointFailed = false }: Fault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.retryable = retryable;
    this.retryAfterSeconds = retryAfterSeconds;
    this.busy = busy;
    this.endpointFailed = endpointFailed;
  }
}

/** A failure of the endpoint that another attempt may not meet. */
export const passing = (code: string, message: string, cause?: unknown): ModelError =>
  new ModelError({ code, retryable: true, endpointFailed: true }, message, { cause });

export const silent = (): ModelError => passing("model_silent", "The model fell silent.");

/** What an endpoint refused a request with. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
}

/** The classes of errors of a client library, which are alike in OpenAI's and Anthropic's. */
export interface ClientErrors {
  readonly APIError: abstract new (...given: never[]) => Error & { status?: unknown; headers?: unknown };
  readonly APIConnectionError: abstract new (...given: never[]) => Error;
  readonly APIUserAbortError: abstract new (...given: never[]) => Error;
}

/** Tells what an error of a client library means for the attempt. */
export function classify(
  error: unknown,
  { APIError, APIConnectionError, APIUserAbortError }: ClientErrors,
): ModelError {
  if (error instanceof ModelError) return error;
  if (error instanceof APIUserAbortError) return silent();
  if (error instanceof APIConnectionError) {
    if (error.cause instanceof EgressError) return notConnected(error.cause);
    return passing("model_unreachable", "The model's endpoint does not answer.", error);
  }
  if (error instanceof APIError && typeof error.status === "number" && error.headers instanceof Headers) {
    return refused({ status: error.status, headers: error.headers }, error);
  }
  return passing("model_stream_broken", "The model's stream could not be read.", error);
}

/** An address that is refused stays so until the endpoint's host has another. */
const notConnected = (error: EgressError): ModelError => {
  const { message, passing: retryable, reason } = error;
  const code = retryable ? "model_unreachable" : "model_address_refused";
  return new ModelError({ code, retryable, endpointFailed: true }, `The model's endpoint: ${message} (${reason})`, {
    cause: error,
  });
};

/** 408, 409, 429 and 5xx pass; another 4xx says that the request is wrong and stays wrong. */
const TOO_MANY_REQUESTS = 429;
const RETRYABLE = new Set([408, 409, TOO_MANY_REQUESTS]);

/** An answer that is none of the model's. */
function refused({ status, headers }: Refusal, cause: unknown): ModelError {
  const retryAfterSeconds = retryAfter(headers.get("retry-after"), new Date());
  const fault = {
    code: `model_http_${status}`,
    retryable: RETRYABLE.has(status) || status >= 500,
    retryAfterSeconds,
    busy: status === TOO_MANY_REQUESTS || retryAfterSeconds !== undefined,
    endpointFailed: status >= 500,
  };
  const redirected = status >= 300 && status < 400 ? " Declare the address that it redirects to." : "";
  return new ModelError(fault, `The model's endpoint answered ${status}.${redirected}`, { cause });
}
