import type { Log } from "../runtime/log.ts";

/** Ids that wait at most. Whoever does not hear of one looks for itself. */
const MAX_WAITING = 10_000;

/**
 * Sends ids without making its caller wait: one message is under way at a time, and what is published meanwhile goes with the next.
 * A message that cannot be sent is dropped, since everybody who listens looks for itself too; the log says so once until one can.
 */
export class Publisher {
  #waiting = new Set<string>();
  #sending: Promise<void> | undefined;
  #failing = false;

  constructor(
    private readonly send: (ids: readonly string[]) => Promise<void>,
    private readonly log: Log,
  ) {}

  publish(ids: readonly string[]): void {
    for (const id of ids) if (this.#waiting.size < MAX_WAITING) this.#waiting.add(id);
    if (this.#waiting.size > 0) this.#sending ??= this.#sendAll();
  }

  /** Resolves when what was published is sent or dropped. */
  async flush(): Promise<void> {
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.size > 0) {
      const ids = [...this.#waiting];
      this.#waiting = new Set();
      try {
        await this.send(ids);
        this.#failing = false;
      } catch (error) {
        if (!this.#failing) this.log.warn({ err: error }, "messages cannot be sent; others look for themselves");
        this.#failing = true;
      }
    }
    this.#sending = undefined;
  }
}
