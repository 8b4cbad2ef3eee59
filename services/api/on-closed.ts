import type { FastifyReply } from "fastify";

/** Calls back when the response is sent or its client has disconnected, at once if it already has. */
export function onClosed({ raw }: Pick<FastifyReply, "raw">, callback: () => void): void {
  if (raw.closed) callback();
  else raw.once("close", callback);
}
