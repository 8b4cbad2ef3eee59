import { once } from "node:events";
import { PassThrough, type Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { MAX_WAIT } from "./event-sink.ts";

/** How the OpenAPI document describes an answer of lines. */
export const linesResponse = {
  description: "One JSON document per line.",
  content: { "application/x-ndjson": { schema: z.unknown().meta({ type: "string" }) } },
};

/** Answers with lines of JSON, which no cache may keep. */
export function sendLines(reply: FastifyReply, lines: AsyncIterable<string>): FastifyReply {
  return reply.header("cache-control", "no-store").type("application/x-ndjson").send(streamText(lines));
}

/** A stream of pieces of text. It breaks off when its reader does not take what is there within `maxWait` milliseconds, 30 seconds by default. */
export function streamText(pieces: AsyncIterable<string>, maxWait = MAX_WAIT): Readable {
  const body = new PassThrough();
  const write = async (): Promise<void> => {
    for await (const piece of pieces) {
      if (!body.writable) return;
      if (!body.write(piece) && !(await isTaken(body, maxWait))) throw new Error("The client does not read.");
    }
    body.end();
  };
  write().catch((error: unknown) => body.destroy(error as Error));
  return body;
}

/** Whether what waits in a stream is taken within `maxWait` milliseconds. */
export function isTaken(body: PassThrough, maxWait: number): Promise<boolean> {
  return once(body, "drain", { signal: AbortSignal.timeout(maxWait) }).then(
    () => true,
    () => false,
  );
}
