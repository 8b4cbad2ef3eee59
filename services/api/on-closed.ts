import type { FastifyReply } from "fastify";

/** Calls back when the answer is sent or its client is gone, at once if it is gone already. */
export function onClosed({ raw }: Pick<FastifyReply, "raw">, callback: () => void): void {
  if (raw.closed) callback();
  else raw.once("close", callback);
}
