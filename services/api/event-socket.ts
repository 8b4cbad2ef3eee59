import type { WebSocket } from "ws";
import { type ExecutionEvent, isLast } from "../shared/executions/events.ts";

/** Events that are sent before the client has to have taken them. */
const BATCH = 100;
/** Milliseconds in which a client has to take a batch. Then it is cut off; it comes back and goes on where it was. */
const MAX_WAIT = 30_000;
/** The state of a WebSocket that takes messages. */
const OPEN = 1;
/** RFC 6455: the end, a server that goes away, a caller who may no longer follow, and a client that does not read. */
export const CLOSE = { end: 1000, goingAway: 1001, unauthenticated: 1008, tooSlow: 1013 } as const;

type Socket = Pick<WebSocket, "readyState" | "send" | "close" | "terminate">;

/**
 * Sends events in batches, each when the one before has left this process: what waits for a client is one batch at most, and other
 * clients are served between two of them. Closes the socket after the last event of an execution. Resolves when all is sent, or nothing
 * more can be.
 */
export async function sendEvents(socket: Socket, execution: string, events: readonly ExecutionEvent[]): Promise<void> {
  for (let start = 0; start < events.length && socket.readyState === OPEN; start += BATCH) {
    const texts = events.slice(start, start + BATCH).map((event) => JSON.stringify({ execution, ...event }));
    if (await isTaken(socket, texts)) continue;
    socket.close(CLOSE.tooSlow, "too much is unread; come back with 'after'");
    // The close waits behind what is unread.
    socket.terminate();
  }
  const last = events.at(-1);
  if (last && isLast(last.type)) socket.close(CLOSE.end);
}

function isTaken(socket: Socket, texts: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, MAX_WAIT, false);
    for (const [index, text] of texts.entries()) {
      if (index < texts.length - 1) socket.send(text);
      else
        socket.send(text, () => {
          clearTimeout(timer);
          resolve(true);
        });
    }
  });
}
