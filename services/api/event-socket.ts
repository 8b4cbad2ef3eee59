import type { WebSocket } from "ws";
import { type ExecutionEvent, isLast } from "../shared/executions/events.ts";
import { BATCH, type Ending, type EventSink, MAX_WAIT } from "./event-sink.ts";

/** The state of a WebSocket that takes messages. */
const OPEN = 1;
/** RFC 6455: of a client that does not read. */
const TOO_SLOW = 1013;
const CLOSE: Readonly<Record<Ending, readonly [code: number, reason?: string]>> = {
  end: [1000],
  goingAway: [1001, "the server is stopping; come back with 'after'"],
  unauthenticated: [1008, "the session has ended, or the API key was revoked"],
};

type Socket = Pick<WebSocket, "readyState" | "send" | "close" | "terminate" | "ping" | "on">;

/** Events as messages of a WebSocket. */
export class EventSocket implements EventSink {
  constructor(
    private readonly socket: Socket,
    private readonly execution: string,
  ) {}

  async send(events: readonly ExecutionEvent[]): Promise<void> {
    for (let start = 0; start < events.length && this.socket.readyState === OPEN; start += BATCH) {
      const batch = events.slice(start, start + BATCH);
      if (await this.#isTaken(batch.map((event) => JSON.stringify({ execution: this.execution, ...event })))) continue;
      this.socket.close(TOO_SLOW, "too much is unread; come back with 'after'");
      // The close waits behind what is unread.
      this.socket.terminate();
    }
    const last = events.at(-1);
    if (last && isLast(last.type)) this.close("end");
  }

  ping(): void {
    this.socket.ping();
  }

  close(why: Ending): void {
    this.socket.close(...CLOSE[why]);
  }

  onClosed(listener: () => void): void {
    this.socket.on("close", listener);
  }

  #isTaken(texts: readonly string[]): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, MAX_WAIT, false);
      for (const [index, text] of texts.entries()) {
        if (index < texts.length - 1) this.socket.send(text);
        else
          this.socket.send(text, () => {
            clearTimeout(timer);
            resolve(true);
          });
      }
    });
  }
}
