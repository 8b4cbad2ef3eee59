import { EgressError, type EgressReason } from "../shared/egress/egress-error.ts";
import type { EgressFetch } from "../shared/egress/fetch.ts";
import { retryAfter } from "../shared/egress/retry-after.ts";

/** Bytes that are read of an answer's body. */
const MAX_READ = 2_048;
/** Characters that are kept of it. */
const MAX_EXCERPT = 500;

/** Why an attempt did not deliver: `rejected` by its status, or an error type of RFC 9209. */
export type AttemptError =
  | EgressReason
  | "rejected"
  | "http_response_timeout"
  | "http_response_header_section_size"
  | "http_protocol_error"
  | "tls_certificate_error"
  | "connection_terminated"
  /** The secret could not be opened. */
  | "not_signed";

/** The result of an attempt. */
export interface Exchange {
  readonly status: number | null;
  /** Null when it was delivered. */
  readonly error: AttemptError | null;
  readonly excerpt: string | null;
  readonly retryAfterSeconds?: number | undefined;
}

export interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Posts a request. It follows no redirects, reads the beginning of the answer, and takes `milliseconds` at most. Does not throw. */
export async function post(
  egress: EgressFetch,
  { url, headers, body }: Request,
  milliseconds: number,
): Promise<Exchange> {
  const signal = AbortSignal.timeout(milliseconds);
  try {
    const response = await egress(url, { method: "POST", headers, body, signal });
    const excerpt = await beginningOf(response);
    return {
      status: response.status,
      error: response.ok ? null : "rejected",
      excerpt,
      retryAfterSeconds: retryAfter(response.headers.get("retry-after"), new Date()),
    };
  } catch (error) {
    return { status: null, error: signal.aborted ? "http_response_timeout" : reasonOf(error), excerpt: null };
  }
}

/** What comes of a body until it ends, breaks or is long enough. */
async function beginningOf({ body }: Response): Promise<string | null> {
  if (!body) return null;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  try {
    while (bytes < MAX_READ) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      bytes += value.length;
    }
  } catch {
    // The status has come, which counts.
  }
  // Closes the connection.
  await reader.cancel().catch(() => undefined);
  return bytes === 0 ? null : excerptOf(Buffer.concat(chunks));
}

/** Text on one line that Postgres stores: what is neither is replaced. */
const excerptOf = (bytes: Buffer): string =>
  bytes
    .toString("utf8")
    .replaceAll(/[\p{Control}\p{Format}\p{Surrogate}\s]+/gu, " ")
    .trim()
    .slice(0, MAX_EXCERPT);

function reasonOf(error: unknown): AttemptError {
  if (error instanceof EgressError) return error.reason;
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code === "HPE_HEADER_OVERFLOW") return "http_response_header_section_size";
  if (code.startsWith("HPE_") || error instanceof RangeError) return "http_protocol_error";
  return /CERT|SIGNATURE/.test(code) ? "tls_certificate_error" : "connection_terminated";
}
