import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { isIP } from "node:net";
import { pipeline, Readable } from "node:stream";
import { connect as connectTls } from "node:tls";
import { limitBytes, limitEvents } from "./limit-events.ts";
import { type EgressOptions, egressSockets } from "./open.ts";

/** Bytes of one event of a stream, and of an answer that is none. Nobody vouches for the host. */
const MAX_BYTES = 2 ** 20;
const HTTPS_PORT = 443;

/** What is used of `fetch`: a request whose body is a text. */
export type EgressFetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A `fetch` for hosts on the internet: through the egress proxy, or directly at an address that is public. It speaks HTTPS alone, opens
 * a connection per request, and follows no redirects. Rejects with an EgressError where it does not connect.
 */
export function egressFetch(options: EgressOptions): EgressFetch {
  const open = egressSockets(options);
  return async (input, { method = "GET", headers, body, signal } = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const aborted = signal ?? new AbortController().signal;
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    const socket = await open({ host, port: Number(url.port || HTTPS_PORT) }, aborted);
    const sent = request(url, {
      ...{ method, headers: Object.fromEntries(new Headers(headers)), signal: aborted, defaultPort: HTTPS_PORT },
      createConnection: () => connectTls({ socket, host, ...(isIP(host) === 0 && { servername: host }) }),
    });
    // Once there is an answer, its stream tells of errors.
    sent.on("error", () => undefined);
    const answered = once(sent, "response");
    sent.end(body);
    const [message] = (await answered) as [IncomingMessage];
    try {
      return responseOf(message);
    } catch (error) {
      sent.destroy();
      throw error;
    }
  };
}

/** Statuses of which a Response has no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** Throws for a status that is no final answer's. */
function responseOf(message: IncomingMessage): Response {
  const { statusCode: status = 0, headers } = message;
  const streams = headers["content-type"]?.startsWith("text/event-stream") ?? false;
  const body = pipeline(message, streams ? limitEvents(MAX_BYTES) : limitBytes(MAX_BYTES), () => undefined);
  const pairs = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((each) => [name, each]));
  const init = { status, headers: pairs as [string, string][] };
  if (!WITHOUT_BODY.has(status)) return new Response(Readable.toWeb(body) as ReadableStream, init);
  body.destroy();
  return new Response(null, init);
}
