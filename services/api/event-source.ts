import type { PassThrough } from "node:stream";
import { type ExecutionEvent, isLast } from "../shared/executions/events.ts";
import { EventBody } from "./event-body.ts";
import type { EventSink } from "./event-sink.ts";

/** Milliseconds after which a client that lost its connection comes back. */
const RETRY = 1_000;

/** Whether a request asks for server-sent events. */
export const acceptsEvents = (accept: string | undefined): boolean =>
  /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(accept ?? "");

/** The last event that a client has seen: by the header with which it comes back, else by the URL. */
export const seenBy = (lastEventId: string | string[] | undefined, after: number): number =>
  typeof lastEventId === "string" && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : after;

/** Events by their numbers: a client that lost its connection comes back behind the last one that it has seen. */
export class EventSource implements EventSink {
  readonly #body: EventBody;

  constructor(
    private readonly execution: string,
    /** Milliseconds in which the client has to take a batch. */
    maxWait?: number,
  ) {
    this.#body = new EventBody(maxWait);
    this.body.write(`retry: ${RETRY}\n\n`);
  }

  /** What the client is answered with. */
  get body(): PassThrough {
    return this.#body.stream;
  }

  async send(events: readonly ExecutionEvent[]): Promise<void> {
    await this.#body.write(events.map((event) => this.#textOf(event)));
    const last = events.at(-1);
    if (last && isLast(last.type)) this.close();
  }

  ping(): void {
    this.#body.ping();
  }

  /** For any reason: a client that reconnects gets the reason. */
  close(): void {
    this.#body.end();
  }

  onClosed(listener: () => void): void {
    this.#body.onClosed(listener);
  }

  #textOf(event: ExecutionEvent): string {
    return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify({ execution: this.execution, ...event })}\n\n`;
  }
}
