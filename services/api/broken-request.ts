import type { Socket } from "node:net";
import { type ErrorCode, errors, problem } from "./errors.ts";

/** Node's errors about what arrives on a connection, by their code. Any other is no HTTP. */
const FROM_NODE: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
  HPE_HEADER_OVERFLOW: "headers_too_large",
};

/** Answers what Node cannot read as a request, or not in time, and closes the connection. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const code = FROM_NODE[error.code ?? ""] ?? "invalid_request";
  const body = JSON.stringify(problem(code));
  const head = [
    `HTTP/1.1 ${errors[code].status} ${errors[code].title}`,
    `content-type: application/problem+json; charset=utf-8`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  if (socket.writable) socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroySoon();
}
