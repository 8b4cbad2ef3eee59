import { PassThrough } from "node:stream";
import { BATCH, MAX_WAIT } from "./event-sink.ts";
import { isTaken } from "./stream-lines.ts";

/** The body of an answer that sends server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class EventBody {
  /** What the client is answered with. */
  readonly stream = new PassThrough();

  /** `maxWait`: milliseconds in which the client has to take a batch. */
  constructor(private readonly maxWait = MAX_WAIT) {}

  /** Writes texts of events in batches, and cuts off a client that does not take one in time. */
  async write(texts: readonly string[]): Promise<void> {
    for (let start = 0; start < texts.length && this.stream.writable; start += BATCH) {
      if (this.stream.write(texts.slice(start, start + BATCH).join("")) || (await isTaken(this.stream, this.maxWait)))
        continue;
      this.stream.destroy();
    }
  }

  ping(): void {
    this.stream.write(":\n\n");
  }

  end(text = ""): void {
    if (this.stream.writable) this.stream.end(text);
  }

  onClosed(listener: () => void): void {
    this.stream.once("close", listener);
  }
}
