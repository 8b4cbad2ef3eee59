import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../shared/database/pool.ts";
import type { Log } from "../shared/runtime/log.ts";
import { parseUsageEvent, type UsageEvent } from "../shared/usage/event.ts";
import { addUsageEvents, type Counted } from "./add-events.ts";

/** Events in one statement. */
const MAX_AT_ONCE = 200;
/** Milliseconds before events that Postgres did not answer to are written again. */
const PAUSE = 1_000;

export interface CounterOptions {
  readonly database: Pick<Database, "query">;
  readonly log: Log;
  readonly onCounted: (result: Counted) => void;
}

interface Waiting {
  readonly event: UsageEvent;
  readonly resolve: (result: Counted) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Counts events. One statement is under way at a time, and what arrives meanwhile goes with the next. While Postgres does not answer,
 * events wait: to hand them back would use up their deliveries.
 */
export class UsageCounter {
  #waiting: Waiting[] = [];
  #writing = false;
  #stopped = false;

  constructor(private readonly options: CounterOptions) {}

  /** Counts an event, given as JSON. Resolves once it is committed, or refused for good; rejects when the counter stops before. */
  async count(json: string): Promise<Counted> {
    const { log, onCounted } = this.options;
    const event = parseUsageEvent(json);
    const result = "fault" in event ? "refused" : await this.#add(event);
    if (result === "refused") {
      const { fault, id } = { fault: "Postgres refuses it", id: undefined, ...event };
      log.warn({ event: id, fault }, "a usage event is refused");
    }
    onCounted(result);
    return result;
  }

  /** Writes nothing again that Postgres does not answer to. */
  stop(): void {
    this.#stopped = true;
  }

  #add(event: UsageEvent): Promise<Counted> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      if (!this.#writing) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_AT_ONCE);
      try {
        const results = await addUsageEvents(
          this.options.database,
          batch.map(({ event }) => event),
        );
        for (const { event, resolve } of batch) resolve(results.get(event.id) ?? "refused");
      } catch (error) {
        await this.#postpone(batch, error);
      }
    }
    this.#writing = false;
  }

  async #postpone(batch: readonly Waiting[], error: unknown): Promise<void> {
    if (this.#stopped) {
      for (const { reject } of batch) reject(error);
      return;
    }
    this.options.log.warn(
      { err: error, events: batch.length },
      "usage events could not be counted; they are written again",
    );
    this.#waiting.unshift(...batch);
    await pause(PAUSE);
  }
}
