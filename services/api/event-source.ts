import { PassThrough } from "node:stream";
import { type ExecutionEvent, isLast } from "../shared/executions/events.ts";
import { BATCH, type EventSink, MAX_WAIT } from "./event-sink.ts";
import { isTaken } from "./stream-lines.ts";

/** Milliseconds after which a client that lost its connection comes back. */
const RETRY = 1_000;

/** Whether a request asks for server-sent events. */
export const acceptsEvents = (accept: string | undefined): boolean =>
  /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(accept ?? "");

/** The last event that a client has seen: by the header with which it comes back, else by the URL. */
export const seenBy = (lastEventId: string | string[] | undefined, after: number): number =>
  typeof lastEventId === "string" && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : after;

/**
 * Events as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): the id is the event's number, so a client
 * that lost its connection comes back behind the last one that it has seen.
 */
export class EventSource implements EventSink {
  /** What the client is answered with. */
  readonly body = new PassThrough();

  constructor(
    private readonly execution: string,
    /** Milliseconds in which the client has to take a batch. */
    private readonly maxWait = MAX_WAIT,
  ) {
    this.body.write(`retry: ${RETRY}\n\n`);
  }

  async send(events: readonly ExecutionEvent[]): Promise<void> {
    for (let start = 0; start < events.length && this.body.writable; start += BATCH) {
      const texts = events.slice(start, start + BATCH).map((event) => this.#textOf(event));
      if (this.body.write(texts.join("")) || (await isTaken(this.body, this.maxWait))) continue;
      this.body.destroy();
    }
    const last = events.at(-1);
    if (last && isLast(last.type)) this.close();
  }

  ping(): void {
    this.body.write(":\n\n");
  }

  /** Whatever the reason: a client that comes back is told of it. */
  close(): void {
    this.body.end();
  }

  onClosed(listener: () => void): void {
    this.body.once("close", listener);
  }

  #textOf(event: ExecutionEvent): string {
    return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify({ execution: this.execution, ...event })}\n\n`;
  }
}
